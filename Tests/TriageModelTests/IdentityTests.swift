import Encoder
import Foundation
import ModelFormat
import StrictJSON
import Tensors
import Testing

@testable import TriageModel

/// What stands for a model in an audit, and how much of a text it reads.
@Suite struct IdentityTests {
    @Test(arguments: ["config.json", "tokenizer.json", "triage.json"])
    func everyFileCounts(_ file: String) throws {
        let directory = try ModelCopy(.miniLM)
        try directory.write("triage.json", .object(["format": 1]))
        let identity = try ModelFiles(directory.url.path).identity()
        var json = try directory.json(file)
        json["comment"] = "changed"
        try directory.write(file, .object(json))
        #expect(try ModelFiles(directory.url.path).identity() != identity)
    }

    /// A deployment that swaps files while a model loads does not give what was read a new name.
    @Test func isOfWhatWasRead() throws {
        let directory = try ModelCopy(.miniLM)
        let identity = try ModelFiles(directory.url.path).identity()
        let files = try ModelFiles(directory.url.path)
        _ = try files.tokenizer()
        for file in ["config.json", "tokenizer.json"] {
            var json = try directory.json(file)
            json["comment"] = "changed"
            try directory.write(file, .object(json))
        }
        #expect(try files.identity() == identity)
        #expect(try ModelFiles(directory.url.path).identity() != identity)
    }

    /// The recipe that the documentation gives to auditors.
    @Test func isTheDigestOfTheListOfDigests() throws {
        let directory = try ModelCopy(.miniLM)
        let files = try ModelFiles(directory.url.path)
        let list = try ["config.json", "model.safetensors", "tokenizer.json"].map { name in
            sha256(of: try FileBytes.read(directory.path(name), limit: 1 << 30)) + "  \(name)\n"
        }
        #expect(try files.identity() == "sha256:" + sha256(of: Array(list.joined().utf8)))
    }

    @Test func aLabelsCardDoesNotCount() throws {
        let directory = try ModelCopy(.miniLM)
        let identity = try ModelFiles(directory.url.path).identity()
        try directory.write("README.md", text: "A card.")
        #expect(try ModelFiles(directory.url.path).identity() == identity)
    }

    @Test func theLongestTextIsWhatTheFilesSay() throws {
        let directory = try ModelCopy(.sentence)
        let positions = try directory.model(.float32).files.configuration.encoder.maximumPositions
        var tokenizer = try directory.json("tokenizer.json")
        tokenizer["truncation"] = .object([
            "max_length": 7, "strategy": "LongestFirst", "stride": 0, "direction": "Right",
        ])
        try directory.write("tokenizer.json", .object(tokenizer))
        let long = Array(repeating: "pay", count: 2 * positions).joined(separator: " ")
        #expect(try directory.model(.float32).embed(long).tokenCount == 7)
        try directory.write("modules.json", sentenceModules("Transformer", "Pooling"))
        try directory.write("1_Pooling/config.json", .object(["pooling_mode_mean_tokens": true]))
        try directory.write("sentence_bert_config.json", .object(["max_seq_length": 9]))
        #expect(try directory.model(.float32).embed(long).tokenCount == 9)
        try directory.write("sentence_bert_config.json", .object(["max_seq_length": 100_000]))
        let model = try directory.model(.float32)
        #expect(model.maximumTokenCount == positions)
        #expect(try model.embed(long).isTruncated)
        try directory.write("sentence_bert_config.json", .object(["max_seq_length": 2]))
        #expect(throws: ModelError.self) { try directory.model(.float32) }
    }
}
