import ModelFormat
import StrictYAML

/// Why the file of keys cannot be used: everything that is wrong with it. Quotes nothing of the file, where a secret may stand by
/// mistake.
public struct KeysFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A line for each.
    public let description: String
}

/// Reads the file of keys:
///
/// ```yaml
/// keys:
///   - { name: shop, sha256: 2c26b46b…, tenant: acme, rate: 100, burst: 200 }
/// ```
enum KeysFile {
    private static let maximumBytes = 4 << 20
    private static let maximumKeys = 10_000
    private static let maximumNameBytes = 127

    static func keys(at path: String) throws(KeysFileError) -> [APIKey] {
        let bytes: [UInt8]
        do throws(ModelFileError) { bytes = try FileBytes.read(path, limit: maximumBytes) } catch {
            throw KeysFileError(description: "\(path): \(error.reason)")
        }
        return try keys(bytes, file: path)
    }

    static func keys(_ bytes: [UInt8], file: String) throws(KeysFileError) -> [APIKey] {
        var defects: FileDefects
        do throws(FileDefect) {
            guard let root = try YAMLNode(parsing: bytes, isSecret: true) else {
                throw FileDefect(reason: "holds no keys")
            }
            var walk = KeysWalk()
            walk.read(root)
            guard !walk.reader.defects.isEmpty else { return walk.keys }
            defects = walk.reader.defects
        } catch {
            defects = FileDefects(error)
        }
        throw KeysFileError(description: defects.description(file: file, others: "defects"))
    }

    private struct KeysWalk {
        var reader = YAMLReader(isSecret: true)
        var keys: [APIKey] = []
        private var names: Set<String> = []
        private var digests: Set<[UInt8]> = []

        mutating func read(_ root: YAMLNode) {
            guard let members = reader.mapping(root, "the file", keys: ["keys"], required: ["keys"]),
                let list = members["keys"]
            else { return }
            let nodes = reader.sequence(list, "`keys`")
            guard nodes.count <= maximumKeys else {
                reader.reject(list, "`keys` has \(nodes.count) elements, the limit is \(maximumKeys)")
                return
            }
            for node in nodes { readKey(node) }
        }

        private mutating func readKey(_ node: YAMLNode) {
            guard
                let members = reader.mapping(
                    node,
                    "a key",
                    keys: ["name", "sha256", "tenant", "rate", "burst"],
                    required: ["name", "sha256"]
                ), let nameNode = members["name"], let digestNode = members["sha256"]
            else { return }
            let name = reader.name(nameNode, "`name`", maximumBytes: maximumNameBytes)
            let digest = reader.text(digestNode, "`sha256`").flatMap { text in
                let digest = bytes(hexadecimal: text)
                if digest == nil { reader.reject(digestNode, "`sha256` must be 64 hexadecimal digits") }
                return digest
            }
            let tenant = members["tenant"].flatMap { reader.name($0, "`tenant`", maximumBytes: maximumNameBytes) }
            let rate = members["rate"].flatMap { reader.number($0, "`rate`", in: 0.001...1e9) }
            let burst = members["burst"].flatMap { reader.number($0, "`burst`", in: 1...1e9) }
            if let burst = members["burst"], members["rate"] == nil { reader.reject(burst, "`burst` needs a `rate`") }
            guard let name, let digest else { return }
            if !names.insert(name).inserted { reader.reject(nameNode, "the same `name` occurs twice") }
            if !digests.insert(digest).inserted { reader.reject(digestNode, "the same `sha256` occurs twice") }
            keys.append(APIKey(name: name, digest: digest, tenant: tenant, rate: rate, burst: burst))
        }

        private func bytes(hexadecimal text: String) -> [UInt8]? {
            let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 64, !digits.contains(nil) else { return nil }
            return stride(from: 0, to: 64, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
        }
    }
}
