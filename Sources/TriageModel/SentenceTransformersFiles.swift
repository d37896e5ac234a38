import Encoder
import StrictJSON

/// How a sentence-transformers directory makes an embedding of token vectors: `modules.json`, `1_Pooling/config.json` and
/// `sentence_bert_config.json`.
struct SentenceTransformersFiles {
    static let modulesFile = "modules.json"
    static let poolingFile = "1_Pooling/config.json"
    static let lengthFile = "sentence_bert_config.json"

    let pooling: Pooling
    let normalizes: Bool
    /// The longest text in tokens.
    let maximumTokenCount: Int?

    /// Nil where the directory is not one.
    init?(_ directory: ModelDirectory) throws(ModelError) {
        guard directory.exists(Self.modulesFile) else { return nil }
        normalizes = try Self.normalizes(directory)
        pooling = try Self.pooling(directory)
        guard directory.exists(Self.lengthFile) else {
            maximumTokenCount = nil
            return
        }
        let length = try JSONFields(directory.json(of: Self.lengthFile), path: directory.path(of: Self.lengthFile))
        maximumTokenCount = length["max_seq_length"] == nil ? nil : try length.integer("max_seq_length")
    }

    /// The modules must be Transformer, Pooling and perhaps Normalize: any other would change the embedding.
    private static func normalizes(_ directory: ModelDirectory) throws(ModelError) -> Bool {
        let path = directory.path(of: modulesFile)
        guard let modules = try directory.json(of: modulesFile).array else {
            throw ModelError(path: path, reason: "holds no array of modules")
        }
        let names = modules.map { $0["type"]?.string?.split(separator: ".").last.map(String.init) ?? "(no type)" }
        switch names {
        case ["Transformer", "Pooling"]: return false
        case ["Transformer", "Pooling", "Normalize"]: return true
        default:
            throw ModelError(
                path: path,
                reason: "has the modules \(names.joined(separator: ", ")); supported are Transformer, Pooling and, "
                    + "after them, Normalize"
            )
        }
    }

    private static func pooling(_ directory: ModelDirectory) throws(ModelError) -> Pooling {
        let path = directory.path(of: poolingFile)
        let fields = try JSONFields(try directory.json(of: poolingFile), path: path)
        let modes = fields.object.members.filter { $0.key.hasPrefix("pooling_mode_") && $0.value == .bool(true) }
        switch modes.map(\.key) {
        case ["pooling_mode_mean_tokens"]: return .mean
        case ["pooling_mode_cls_token"]: return .firstToken
        case let other:
            throw ModelError(
                path: path,
                reason: "pools by \(other.isEmpty ? "nothing" : other.joined(separator: " and ")), supported are "
                    + "pooling_mode_mean_tokens and pooling_mode_cls_token alone"
            )
        }
    }
}
