package import ModelFormat
package import StrictJSON
import Synchronization
import Tensors

/// The files of a model, by their places in its directory.
package struct ModelDirectory: Sendable {
    package static let configurationFile = "config.json"
    package static let tokenizerFile = "tokenizer.json"
    package static let descriptionFile = "triage.json"
    package static let compressedWeightsFile = "model.safetensors.zst"
    package static let plainWeightsFile = "model.safetensors"
    /// The weights of a head fitted on the encoder's vectors, and the examples that it compares with.
    package static let headFile = "head.safetensors.zst"
    package static let examplesFile = "examples.jsonl"
    /// What conversion copies from the source where it is there.
    package static let accompanyingFiles = ["README.md", "LICENSE"]
    /// The files beside the weights that decide what a model answers.
    static let decidingFiles = [
        SentenceTransformersFiles.poolingFile, configurationFile, SentenceTransformersFiles.modulesFile,
        SentenceTransformersFiles.lengthFile, tokenizerFile, descriptionFile, headFile, examplesFile,
    ]
    /// Everything that conversion may write.
    package static let writtenFiles =
        [
            configurationFile, tokenizerFile, descriptionFile, compressedWeightsFile, plainWeightsFile, headFile,
            examplesFile,
        ]
        + accompanyingFiles

    /// A vocabulary of a million words fits; a JSON document beyond this is not one of a small model.
    private static let jsonByteLimit = 64 << 20

    package let path: String
    private let digests = Digests()

    /// Of the files as they were when they were first read.
    private final class Digests: Sendable {
        let byFile = Mutex<[String: String]>([:])
    }

    package init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    package func path(of file: String) -> String { "\(path)/\(file)" }

    /// Throws `ModelError` unless this is a directory.
    package func check() throws(ModelError) {
        switch FileKind.of(path) {
        case .directory: return
        case nil: throw ModelError(path: path, reason: "no such model directory")
        case .regularFile, .other: throw ModelError(path: path, reason: "is not a directory; a model is a directory")
        }
    }

    /// Whether there is anything of that name; reading it finds out whether it is a file.
    func exists(_ file: String) -> Bool { FileKind.of(path(of: file)) != nil }

    package func contains(_ file: String) -> Bool { FileKind.of(path(of: file)) == .regularFile }

    /// The bytes of a small file, at most `jsonByteLimit`.
    package func bytes(of file: String) throws(ModelError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(ModelFileError) { bytes = try FileBytes.read(path(of: file), limit: Self.jsonByteLimit) } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
        if Self.decidingFiles.contains(file) {
            let digest = sha256(of: bytes)
            let first = digests.byFile.withLock { digests in
                if digests[file] == nil { digests[file] = digest }
                return digests[file]
            }
            guard first == digest else {
                throw ModelError(path: path(of: file), reason: "has changed since it was first read")
            }
        }
        return bytes
    }

    /// The SHA-256 of a deciding file, in hexadecimal digits: of what was parsed, where it was, even if the file has changed
    /// since.
    func digest(of file: String) throws(ModelError) -> String {
        if let digest = digests.byFile.withLock({ $0[file] }) { return digest }
        return sha256(of: try bytes(of: file))
    }

    /// A weight file that is read as a whole, so that what is hashed is what is parsed.
    func smallWeights(_ file: String) throws(ModelError) -> WeightFile {
        let bytes = try bytes(of: file)
        do throws(ModelFileError) { return try WeightFile(SharedMemory(copying: bytes), path: path(of: file)) } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
    }

    package func json(of file: String) throws(ModelError) -> JSONValue {
        let bytes = try bytes(of: file)
        do throws(JSONError) { return try JSONParser.parse(bytes) } catch {
            throw ModelError(path: path(of: file), reason: "is not valid JSON: \(error)")
        }
    }

    package func openWeights() throws(ModelError) -> WeightFile {
        let files = [Self.compressedWeightsFile, Self.plainWeightsFile]
        guard let file = files.first(where: contains) else {
            throw ModelError(path: path, reason: "holds neither \(files[0]) nor \(files[1])")
        }
        do throws(ModelFileError) { return try WeightFile.open(path(of: file)) } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
    }
}
