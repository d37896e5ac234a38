import StrictYAML

/// Reads a routes file: labels with their routes, handlers and examples, texts out of scope, and fallback routes.
///
///     labels:
///       - name: refund_status
///         route: script
///         target: refunds.lookup
///         examples: [where is my refund, when do i get my money back]
///     out_of_scope: [who won the world cup]
///     fallback: {ambiguous: human, out_of_scope: remote}
///
/// Scalars are texts as they are written (`no` and `404` among them), but for a plain `null`, `~` or nothing, which is
/// the absence of a value. Anchors, tags and further documents are errors.
enum RoutesFile {
    /// The label of the texts under `out_of_scope`, where nobody gives them another.
    static let outOfScopeLabel = "out_of_scope"

    /// Throws `rows` where something in the file is not as it must be, with each place.
    static func read(
        _ bytes: [UInt8],
        file: String,
        outOfScopeLabel: String?,
        limits: DataLimits
    ) throws(DataFileError) -> DataContents {
        guard let root = try yamlRoot(bytes, file: file) else {
            throw .file(file, reason: "empty; expected `labels`")
        }
        var walk = RoutesWalk(file: file, outOfScopeLabel: outOfScopeLabel ?? Self.outOfScopeLabel, limits: limits)
        try walk.read(root)
        return try walk.finished()
    }
}

/// The document in a YAML file, nil where there is none.
func yamlRoot(_ bytes: [UInt8], file: String) throws(DataFileError) -> YAMLNode? {
    do throws(FileDefect) { return try YAMLNode(parsing: bytes) } catch { throw .rows(file: file, FileDefects(error)) }
}
