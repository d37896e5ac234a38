import StrictJSON

/// A sentence-transformers `modules.json` that lists these modules.
func sentenceModules(_ names: String...) -> JSONValue { sentenceModules(names) }

func sentenceModules(_ names: [String]) -> JSONValue {
    .array(names.map { .object(["type": .string("sentence_transformers.models.\($0)")]) })
}
