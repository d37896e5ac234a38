package import Tensors

/// One weight file: plain safetensors, or safetensors compressed in Zstandard's seekable format, told apart by content.
///
/// In the compressed form the header is one frame and every tensor one or more (large ones in blocks of rows), so that
/// tensors decode independently and in parallel. A reader that knows nothing of this sees an ordinary Zstandard file.
///
/// Opening checks everything that does not need decoding: header, limits, seek table, the header of every frame.
/// Immutable and safe to use from many threads. The file stays open for the life of the object. A plain one is mapped,
/// also for the life of the tensors loaded from it: whoever shortens it in place stops the process, so replace it by
/// renaming a new one over it, as `AtomicFile` does. A compressed one that changes meanwhile gives an error.
package final class WeightFile: Sendable {
    package let path: String
    /// In the order of the file.
    package let entries: [TensorEntry]
    /// The strings of `__metadata__`.
    package let metadata: [String: String]
    package let isCompressed: Bool
    /// Bytes of the safetensors file after decompression.
    package let decodedBytes: Int

    /// The file as it is stored.
    let stored: StoredBytes
    let source: Source
    private let indexOfName: [String: Int]
    let digest: FileDigest

    /// Where the data section is.
    enum Source: Sendable {
        /// In the file's memory, from this byte on.
        case plain(SharedMemory, dataOffset: Int)
        case compressed(FrameLayout)
    }

    /// Bytes of the file as it is stored.
    package var storedBytes: Int { stored.byteCount }

    /// Opens and checks a file; no tensor is decoded yet.
    package static func open(_ path: String, limits: FormatLimits = .init()) throws(ModelFileError) -> WeightFile {
        try WeightFile(StoredBytes(.open(path)), path: path, limits: limits)
    }

    /// Reads a file that is in memory; errors call it `path`.
    package convenience init(
        _ memory: SharedMemory,
        path: String,
        limits: FormatLimits = .init()
    ) throws(ModelFileError) {
        try self.init(StoredBytes(memory), path: path, limits: limits)
    }

    private init(_ stored: StoredBytes, path: String, limits: FormatLimits) throws(ModelFileError) {
        let contents: Contents
        do throws(FormatDefect) {
            contents = try Contents(stored, limits: limits)
        } catch {
            throw error.at(path)
        }
        self.path = path
        self.stored = stored
        digest = FileDigest(of: stored)
        entries = contents.header.entries
        metadata = contents.header.metadata
        decodedBytes = contents.decodedBytes
        source = contents.source
        isCompressed = if case .compressed = contents.source { true } else { false }
        // The parser has refused repeated names.
        indexOfName = Dictionary(uniqueKeysWithValues: entries.indices.map { (contents.header.entries[$0].name, $0) })
    }

    package func entry(named name: String) -> TensorEntry? {
        indexOfName[name].map { entries[$0] }
    }

    /// Bytes that a tensor takes in the file: its frames, or its elements in a plain file; 0 where it is missing.
    package func storedBytes(of name: String) -> Int {
        guard let index = indexOfName[name] else { return 0 }
        return switch source {
        case .plain: entries[index].byteCount
        case .compressed(let layout):
            layout.framesOfEntry[index].reduce(0) { $0 + layout.frames[$1].storedBytes }
        }
    }

    func index(of name: String) throws(ModelFileError) -> Int {
        guard let index = indexOfName[name] else {
            throw ModelFileError(path: path, code: .noSuchTensor, reason: "there is no tensor \(quoted(name))")
        }
        return index
    }
}
