import Crypto
import Synchronization

/// The SHA-256 of a file, taken along with other reading of it: what is read in the order of the file is hashed while it
/// is there, and only the rest is read for the digest alone.
///
/// Safe to use from several threads; they take turns, as a hash knows one order only.
final class FileDigest: Sendable {
    private struct Progress {
        var hash = SHA256()
        /// Bytes from the start of the file that are hashed.
        var byteCount = 0
        var text: String?
    }

    private static let pieceBytes = 128 << 10

    private let stored: StoredBytes
    private let progress = Mutex(Progress())

    init(of stored: StoredBytes) {
        self.stored = stored
    }

    /// Reads `target` as `StoredBytes` does and hashes it, and what is missing before it.
    func read(from offset: Int, into target: UnsafeMutableRawBufferPointer) throws(FormatDefect) {
        try progress.withLock { progress throws(FormatDefect) in
            try unsafe stored.read(from: offset, into: target)
            try advance(&progress, to: offset)
            guard progress.byteCount == offset else { return }
            unsafe progress.hash.update(bufferPointer: UnsafeRawBufferPointer(target))
            progress.byteCount += target.count
        }
    }

    /// The digest in lower-case hexadecimal digits. Takes about 0.5 ms for a megabyte that is still to be hashed.
    /// Throws what `StoredBytes.read(from:into:)` does.
    func text() throws(FormatDefect) -> String {
        try progress.withLock { progress throws(FormatDefect) in
            if let text = progress.text { return text }
            try advance(&progress, to: stored.byteCount)
            let text = hexadecimal(progress.hash.finalize())
            progress.text = text
            return text
        }
    }

    private func advance(_ progress: inout Progress, to end: Int) throws(FormatDefect) {
        while progress.byteCount < end {
            let start = progress.byteCount
            progress.hash.update(data: try stored.bytes(in: start..<min(end, start + Self.pieceBytes)))
            progress.byteCount = min(end, start + Self.pieceBytes)
        }
    }
}

extension WeightFile {
    /// The SHA-256 of the file as it is stored, in lower-case hexadecimal digits.
    ///
    /// Costs little once all tensors are loaded from a compressed file, whose bytes are hashed on the way; else it reads
    /// the whole file the first time. Throws `unreadable`, or `truncated` where the file has become shorter.
    package func identity() throws(ModelFileError) -> String {
        do throws(FormatDefect) { return try digest.text() } catch { throw error.at(path) }
    }
}
