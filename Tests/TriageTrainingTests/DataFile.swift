import Foundation

@testable import TriageTraining

/// Reads labelled data from a file of its own, removed afterwards.
func read(
    _ bytes: [UInt8],
    _ name: String,
    options: DataOptions = DataOptions(),
    limits: DataLimits = DataLimits()
) throws -> LabelledData {
    let folder = FileManager.default.temporaryDirectory.appending(path: "triage-data-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    return try LabelledData(reading: file.path, options: options, limits: limits)
}

func read(
    _ text: String,
    _ name: String,
    options: DataOptions = DataOptions(),
    limits: DataLimits = DataLimits()
) throws -> LabelledData {
    try read(Array(text.utf8), name, options: options, limits: limits)
}

/// What is wrong with a file, without its name: a line for each row, as `3:7: reason`.
func defects(
    of bytes: [UInt8],
    _ name: String,
    options: DataOptions = DataOptions(),
    limits: DataLimits = DataLimits()
) throws -> [String] {
    do {
        _ = try read(bytes, name, options: options, limits: limits)
        return []
    } catch let error as DataFileError {
        return error.description.split(separator: "\n").map { line in
            guard let end = line.range(of: name + ":")?.upperBound else { return String(line) }
            return line[end...].trimmingCharacters(in: .whitespaces)
        }
    }
}

func defects(
    of text: String,
    _ name: String,
    options: DataOptions = DataOptions(),
    limits: DataLimits = DataLimits()
) throws -> [String] {
    try defects(of: Array(text.utf8), name, options: options, limits: limits)
}
