runJSONFuzz()
