enum RoutesFile {
    static func read(
        _ bytes: [UInt8],
        file: String,
        outOfScopeLabel: String?,
        limits: DataLimits
    ) throws(DataFileError) -> DataContents {
        throw .file(file, reason: "routes files cannot be read yet")
    }
}
