import Encoder
import StrictJSON

/// How a sentence-transformers directory pools token vectors: `modules.json` and `1_Pooling/config.json`.
struct SentenceTransformersFiles {
    let pooling: Pooling
    let normalizes: Bool

    /// Nil where the directory is not one.
    init?(_ directory: ModelDirectory) throws(ModelError) {
        let modulesFile = "modules.json", poolingFile = "1_Pooling/config.json"
        guard directory.contains(modulesFile), directory.contains(poolingFile) else { return nil }
        guard let modules = try directory.json(of: modulesFile).array else {
            throw ModelError(path: directory.path(of: modulesFile), reason: "holds no array of modules")
        }
        normalizes = modules.contains { $0["type"]?.string?.hasSuffix(".Normalize") ?? false }
        let path = directory.path(of: poolingFile)
        let fields = try JSONFields(try directory.json(of: poolingFile), path: path)
        let modes = fields.object.members.filter { $0.key.hasPrefix("pooling_mode_") && $0.value == .bool(true) }
        switch modes.map(\.key) {
        case ["pooling_mode_mean_tokens"]: pooling = .mean
        case ["pooling_mode_cls_token"]: pooling = .firstToken
        case let other:
            throw ModelError(
                path: path,
                reason: "pools by \(other.isEmpty ? "nothing" : other.joined(separator: " and ")), supported are "
                    + "pooling_mode_mean_tokens and pooling_mode_cls_token alone"
            )
        }
    }
}
