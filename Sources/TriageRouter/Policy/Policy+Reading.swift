import ModelFormat
import StrictYAML

extension Policy {
    /// The most bytes of a text where the policy says nothing.
    static let defaultMaximumBytes = 65_536

    /// Reads a policy file: YAML as `Policy.schema` describes it, a regular file of at most 4 MiB.
    /// - Throws: `PolicyError` with every place that is not as it must be.
    public init(contentsOf path: String) throws(PolicyError) {
        let bytes: [UInt8]
        do throws(ModelFileError) {
            bytes = try FileBytes.read(path, limit: PolicyLimits().fileBytes)
        } catch {
            throw PolicyError(file: path, unreadable: error.reason)
        }
        try self.init(bytes, file: path)
    }

    /// Reads the bytes of a policy file that errors name `file`.
    package init(_ bytes: [UInt8], file: String) throws(PolicyError) {
        try self.init(bytes, file: file, limits: PolicyLimits())
    }

    init(_ bytes: [UInt8], file: String, limits: PolicyLimits) throws(PolicyError) {
        guard bytes.count <= limits.fileBytes else {
            throw PolicyError(file: file, unreadable: "has \(bytes.count) bytes, the limit is \(limits.fileBytes)")
        }
        let root: YAMLNode?
        do throws(FileDefect) { root = try YAMLNode(parsing: bytes) } catch {
            throw PolicyError(file: file, FileDefects(error))
        }
        guard let root else {
            let reason = "empty; expected \(PolicyKeys.requiredOfPolicy.joined(separator: ", "))"
            throw PolicyError(file: file, FileDefects(FileDefect(reason: reason)))
        }
        var reader = PolicyReader(limits: limits)
        reader.read(root)
        guard let policy = reader.policy(identity: "sha256:" + sha256(of: bytes), file: file) else {
            throw PolicyError(file: file, reader.yaml.defects)
        }
        self = policy
    }

    /// What keeps the policy from being used with a model that has these labels: labels that the model lacks, and labels of
    /// the model that the policy does not name.
    package func defects(labels: [String]) -> [PolicyDefect] {
        let known = Set(labels)
        let unknown = general.labels.filter { !known.contains($0.key) }
            .sorted { ($0.value.line, $0.key) < ($1.value.line, $1.key) }
        let missing = labels.filter { general.labels[$0] == nil }
        let lost = unknown.enumerated().map { index, label in
            // Looking for near names takes a while; not more than are listed is of use.
            let nearest = index < FileDefects.listedCount ? suggestion(for: label.key, among: missing) : ""
            return FileDefect(line: label.value.line, reason: "the model has no label `\(label.key)`\(nearest)")
        }
        let unnamed = missing.map { label in
            FileDefect(line: labelsLine, reason: "`labels` does not say who handles the model's label `\(label)`")
        }
        return (unnamed + lost).map(PolicyDefect.init)
    }
}

extension PolicyDefect {
    fileprivate init(_ defect: FileDefect) {
        self.init(line: defect.line, column: defect.column, reason: defect.reason)
    }
}

extension PolicyError {
    fileprivate init(file: String, _ defects: FileDefects) {
        self.init(file: file, defects: defects.first.map(PolicyDefect.init), count: defects.count)
    }
}
