import Foundation
import ModelFormat
import StrictJSON
import Tensors
import Testing
import TriageModel

/// A copy of a checkpoint that a test may change.
struct ModelCopy: Sendable {
    private let parent: TemporaryDirectory
    let url: URL

    init(_ fixture: Fixture) throws {
        parent = try TemporaryDirectory()
        url = parent.url.appending(path: fixture.rawValue)
        try FileManager.default.copyItem(at: fixture.url, to: url)
    }

    /// A tiny checkpoint converted to a plain file of `storage`.
    init(_ fixture: Fixture, converted storage: WeightStorage) throws {
        parent = try TemporaryDirectory()
        url = parent.url.appending(path: fixture.rawValue)
        let converter = ModelConverter(storage: storage, calibrationTexts: nil, compressionLevel: nil, threads: 1)
        _ = try converter.convert(ModelFiles(fixture.url.path), to: url.path) { _ in }
    }

    func model(_ precision: Precision = .automatic) throws -> TriageModel {
        try TriageModel(directory: url.path, precision: precision)
    }

    func path(_ file: String) -> String { url.appending(path: file).path }

    func write(_ file: String, _ json: JSONValue) throws {
        try write(file, text: json.text())
    }

    func write(_ file: String, text: String) throws {
        let target = url.appending(path: file)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: target)
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(at: url.appending(path: file)) }

    func json(_ file: String) throws -> JSONObject {
        try #require(Fixture.json(url.appending(path: file)).object)
    }

    /// Replaces one field of `config.json`, or removes it.
    func configure(_ field: String, _ value: JSONValue?) throws {
        var object = try json("config.json")
        object[field] = value
        try write("config.json", .object(object))
    }

    func tensors() throws -> [String: Tensor] {
        let file = try WeightFile.open(path("model.safetensors"))
        return try file.load(file.entries.map(\.name), threads: 1)
    }

    func tensor(_ name: String) throws -> Tensor { try #require(tensors()[name]) }

    /// Rewrites the weight file after `change`.
    func rewriteTensors(_ change: (inout [String: Tensor]) throws -> Void) throws {
        var tensors = try tensors()
        try change(&tensors)
        try WeightFileWriter(encoding: .plain).write(tensors, to: path("model.safetensors"))
    }

    /// Replaces the values of one tensor, as F32.
    func rewriteTensor(_ name: String, _ change: ([Float]) -> [Float]) throws {
        try rewriteTensors { tensors in
            let tensor = try #require(tensors[name])
            tensors[name] = Tensor(change(tensor.floats()), shape: tensor.shape)
        }
    }
}
