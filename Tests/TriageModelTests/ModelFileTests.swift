import Foundation
import StrictJSON
import Tensors
import Testing
import TriageModel

/// Directories that are no model: each is refused with the file at fault and the reason.
@Suite struct ModelFileTests {
    /// Expects that loading fails with the file `file` (the directory itself where empty) and `reason` in its reason.
    private func expect(
        _ directory: ModelCopy,
        file: String,
        reason: String,
        location: SourceLocation = #_sourceLocation
    ) {
        for precision in Precision.allCases {
            let error = #expect(throws: ModelError.self, sourceLocation: location) {
                try directory.model(precision)
            }
            let path = file.isEmpty ? directory.url.path : directory.path(file)
            #expect(error?.path == path, sourceLocation: location)
            #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")", sourceLocation: location)
            #expect(error?.description.contains("\n") == false, sourceLocation: location)
        }
    }

    @Test func missingFiles() throws {
        for (file, named, reason) in [
            ("config.json", "config.json", "No such file"), ("tokenizer.json", "tokenizer.json", "No such file"),
            ("model.safetensors", "", "holds neither model.safetensors.zst nor model.safetensors"),
        ] {
            let directory = try ModelCopy(.bertPairs)
            try directory.remove(file)
            expect(directory, file: named, reason: reason)
        }
        let absent = #expect(throws: ModelError.self) { try TriageModel(directory: "/nonexistent/model") }
        #expect(absent == ModelError(path: "/nonexistent/model", reason: "no such model directory"))
        let file = Fixture.bertPairs.url.appending(path: "config.json").path
        let notDirectory = #expect(throws: ModelError.self) { try TriageModel(directory: file) }
        #expect(notDirectory?.path == file)
    }

    @Test(
        arguments: [
            ("num_attention_heads", 0, "number of heads is 0"),
            ("num_attention_heads", 3, "hidden size 40 is not a multiple of the number of heads, 3"),
            ("num_attention_heads", nil, "\"num_attention_heads\" is nothing, expected an integer"),
            ("num_attention_heads", "5", "\"num_attention_heads\" is a string"),
            ("hidden_size", 0, "hidden size is 0"),
            ("hidden_size", -40, "hidden size is -40"),
            ("num_hidden_layers", 1000, "number of layers is 1000"),
            ("num_hidden_layers", .number(2.5), "expected an integer"),
            ("vocab_size", .number(1e300), "expected an integer"),
            (
                "max_position_embeddings", 9_000_000_000_000_000_000,
                "maximum number of positions is 9000000000000000000"
            ),
            ("layer_norm_eps", 0, "layer norm epsilon is 0"),
            ("layer_norm_eps", .number(1e300), "layer norm epsilon is inf"),
            ("hidden_act", "silu", "\"hidden_act\" is \"silu\", expected gelu"),
            ("hidden_act", nil, "\"hidden_act\" is missing"),
            ("position_embedding_type", "relative_key", "position embeddings of type \"relative_key\""),
            ("architectures", .array(["T5ForConditionalGeneration"]), "architecture \"T5ForConditionalGeneration\""),
            ("architectures", .array([]), "architecture \"\" is not supported"),
            ("architectures", nil, "architecture \"\" is not supported"),
            ("model_type", "roberta", "model type \"roberta\" is not supported"),
            ("model_type", 7, "\"model_type\" is a number, expected a string"),
            ("problem_type", "ranking", "\"problem_type\" is \"ranking\", which is not supported"),
            (
                "id2label", .object(["0": "a", "2": "c", "3": "d"]),
                "\"id2label\" has \"3\": expected the numbers 0 to 2"
            ),
            ("id2label", .object(["0": "a", "00": "b", "1": "c"]), "\"id2label\" has \"00\""),
            ("id2label", .object(["0": "a", "-1": "b", "1": "c"]), "\"id2label\" has \"-1\""),
            ("id2label", .object(["0": "a", "1": 5, "2": "c"]), "\"id2label\" has \"1\""),
            ("id2label", .object([:]), "\"id2label\" names 0 labels"),
            ("id2label", .array(["a", "b", "c"]), "\"id2label\" holds an array, expected an object"),
        ] as [(String, JSONValue?, String)]
    )
    func configurations(field: String, value: JSONValue?, reason: String) throws {
        let directory = try ModelCopy(.bertPairs)
        try directory.configure(field, value)
        expect(directory, file: "config.json", reason: reason)
    }

    @Test func labelsAreOrderedByNumber() throws {
        let directory = try ModelCopy(.bertPairs)
        try directory.configure("id2label", .object(["2": "c", "0": "a", "1": "b"]))
        #expect(try directory.model(.float32).labels.map(\.name) == ["a", "b", "c"])
    }

    @Test func numberOfLabelsWithoutNames() throws {
        let directory = try ModelCopy(.bertPairs)
        try directory.configure("id2label", nil)
        try directory.configure("num_labels", 3)
        #expect(try directory.model(.float32).labels.map(\.name) == ["LABEL_0", "LABEL_1", "LABEL_2"])
        try directory.configure("num_labels", 0)
        expect(directory, file: "config.json", reason: "\"num_labels\" is 0, expected 1 to 65536")
    }

    @Test(arguments: [
        ("{", "is not valid JSON"), ("[]", "holds an array, expected an object"), ("", "is empty"),
        ("{\"format\": 1, \"format\": 1}", "is not valid JSON"), ("{}", "\"format\" is nothing"),
        ("{\"format\": 2}", "\"format\" is 2, this program reads format 1"),
        ("{\"format\": 1, \"name\": 5}", "\"name\" is a number"),
        ("{\"format\": 1, \"labels\": [{\"name\": \"a\"}]}", "names 1 labels, config.json 3"),
        ("{\"format\": 1, \"labels\": []}", "names 0 labels, config.json 3"),
        ("{\"format\": 1, \"labels\": [\"a\"]}", "\"labels\" holds a string"),
        ("{\"format\": 1, \"labels\": [{\"route\": \"a\"}]}", "\"labels.name\" is nothing"),
        ("{\"format\": 1, \"labels\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}", "label \"a\" occurs twice"),
        ("{\"format\": 1, \"pooling\": \"max\"}", "\"pooling\" is \"max\", expected mean or cls"),
        ("{\"format\": 1, \"pooler\": 1}", "\"pooler\" is a number, expected true or false"),
        ("{\"format\": 1, \"normalize\": \"yes\"}", "\"normalize\" is a string"),
        ("{\"format\": 1, \"calibration\": {\"temperature\": 0}}", "temperature\" is 0.0, expected more than 0"),
        ("{\"format\": 1, \"calibration\": {\"temperature\": -2}}", "\"calibration.temperature\" is -2.0"),
        ("{\"format\": 1, \"calibration\": {\"temperature\": 1e300}}", "\"calibration.temperature\" is 1e+300"),
        ("{\"format\": 1, \"calibration\": {\"temperature\": \"1\"}}", "\"calibration.temperature\" is a string"),
        ("{\"format\": 1, \"calibration\": 2}", "\"calibration\" holds a number"),
        ("{\"format\": 1, \"golden\": {}}", "\"golden\" is an object"),
        ("{\"format\": 1, \"golden\": [{\"text\": \"a\", \"values\": [null]}]}", "\"golden.values\" is an array"),
        ("{\"format\": 1, \"golden\": [{\"values\": [1]}]}", "\"golden.text\" is nothing"),
    ])
    func descriptions(text: String, reason: String) throws {
        let directory = try ModelCopy(.bertPairs)
        try directory.write("triage.json", text: text)
        expect(directory, file: "triage.json", reason: reason)
    }

    @Test(arguments: [
        ("{}", "pools by nothing"),
        ("{\"pooling_mode_max_tokens\": true}", "pools by pooling_mode_max_tokens"),
        (
            "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": true}",
            "pools by pooling_mode_mean_tokens and pooling_mode_cls_token"
        ),
        ("3", "holds a number"),
    ])
    func sentenceTransformers(pooling: String, reason: String) throws {
        let directory = try ModelCopy(.sentence)
        try directory.write("modules.json", sentenceModules("Transformer", "Pooling"))
        try directory.write("1_Pooling/config.json", text: pooling)
        expect(directory, file: "1_Pooling/config.json", reason: reason)
    }

    @Test(arguments: [
        (["Transformer"], "has the modules Transformer;"),
        (["Transformer", "Pooling", "Dense", "Normalize"], "has the modules Transformer, Pooling, Dense, Normalize;"),
    ])
    func sentenceTransformersModules(_ names: [String], reason: String) throws {
        let directory = try ModelCopy(.sentence)
        try directory.write("modules.json", sentenceModules(names))
        try directory.write("1_Pooling/config.json", .object(["pooling_mode_mean_tokens": true]))
        expect(directory, file: "modules.json", reason: reason)
    }

    @Test func tokenizerLargerThanTheVocabulary() throws {
        let directory = try ModelCopy(.distilBERT)
        var tokenizer = try directory.json("tokenizer.json")
        var model = try #require(tokenizer["model"]?.object), words = try #require(model["vocab"]?.object)
        words["extra"] = JSONValue(words.members.count)
        model["vocab"] = .object(words)
        tokenizer["model"] = .object(model)
        try directory.write("tokenizer.json", .object(tokenizer))
        expect(directory, file: "tokenizer.json", reason: "has 63 tokens, the model 62")
    }

    @Test func unsupportedTokenizer() throws {
        let directory = try ModelCopy(.distilBERT)
        var tokenizer = try directory.json("tokenizer.json")
        tokenizer["pre_tokenizer"] = .object(["type": "Metaspace"])
        try directory.write("tokenizer.json", .object(tokenizer))
        expect(directory, file: "tokenizer.json", reason: "Metaspace")
    }

    @Test func modelsWithoutLabelsDoNotClassify() throws {
        let model = try Fixture.sentence.model(.float32)
        let error = #expect(throws: ModelError.self) { try model.classify("a") }
        #expect(error?.reason.contains("has no labels") == true)
        #expect(throws: ModelError.self) { try model.classify(["a", "b"], threads: 2) }
    }
}
