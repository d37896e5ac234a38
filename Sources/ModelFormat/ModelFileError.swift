/// Why a file of a model cannot be read or written: one line that names the file, the place and the reason.
package struct ModelFileError: Error, Equatable, CustomStringConvertible {
    /// What went wrong, for callers and tests that tell failures apart.
    package enum Code: Sendable {
        /// The system refused to open, inspect or map the file.
        case unreadable
        /// A directory, FIFO, socket or device.
        case notRegularFile
        /// The file ends before its own description says it should, or is empty.
        case truncated
        /// The header is not what safetensors prescribes.
        case invalidHeader
        /// One of `FormatLimits` is exceeded.
        case limitExceeded
        case unknownElementType
        /// Shape, element type and byte range of a tensor contradict each other, or the shape is impossible.
        case invalidShape
        /// The byte ranges overlap, leave holes or do not cover the data.
        case invalidOffsets
        /// The seek table is malformed or contradicts the frames or the header.
        case invalidSeekTable
        /// A compressed frame is malformed or decodes to something else than declared.
        case invalidFrame
        case noSuchTensor
        case outOfMemory
        /// The system refused to create, write, synchronise or rename the file.
        case unwritable
        /// What should be written is not expressible in the format.
        case unrepresentable
    }

    package let path: String
    package let code: Code
    /// The sentence without the path.
    package let reason: String

    package init(path: String, code: Code, reason: String) {
        self.path = path
        self.code = code
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
}

/// The same before the path is known: what the parsers of parts of a file throw.
struct FormatDefect: Error {
    let code: ModelFileError.Code
    let reason: String

    init(_ code: ModelFileError.Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    func at(_ path: String) -> ModelFileError { ModelFileError(path: path, code: code, reason: reason) }
}

/// A name from a file, quoted for a message: control characters escaped, cut at a sensible length.
func quoted(_ name: String) -> String {
    let limit = 80
    return name.count <= limit ? name.debugDescription : String(name.prefix(limit)).debugDescription + "…"
}
