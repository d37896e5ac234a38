runPatternFuzz()
