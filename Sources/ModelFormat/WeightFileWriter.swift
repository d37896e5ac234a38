import Synchronization
package import Tensors

/// Writes weight files. Equal input gives equal bytes, whatever the number of threads (and the same version of the
/// Zstandard library where it compresses).
package struct WeightFileWriter: Sendable {
    package enum Encoding: Sendable, Equatable {
        /// Safetensors as every library reads it. The data section starts at a multiple of 64 bytes, and tensors of
        /// wider elements come first, so that each one is aligned to its elements at least.
        case plain
        /// The same bytes in Zstandard's seekable format, at a level from 1 (fast) to 22 (small).
        case compressed(level: Int = 19)
    }

    /// Bytes of a tensor in one frame, at most: small enough to occupy several threads, large enough to compress well.
    static let frameBytes = 1 << 20

    package var encoding: Encoding = .compressed()
    /// Threads that compress.
    package var threads = 1
    /// What the file may ask of its readers: more is refused here already.
    package var limits = FormatLimits()

    package init(encoding: Encoding = .compressed(), threads: Int = 1) {
        self.encoding = encoding
        self.threads = threads
    }

    /// Replaces the file at `path` atomically; when anything fails it stays as it was.
    ///
    /// Throws `unrepresentable` for names and sizes that a reader would refuse, or what `AtomicFile` throws.
    package func write(
        _ tensors: [String: Tensor],
        metadata: [String: String] = [:],
        to path: String
    ) throws(ModelFileError) {
        let layout: SafetensorsLayout
        var pieces: [CompressedFrame] = []
        do throws(FormatDefect) {
            layout = try SafetensorsLayout(tensors, metadata: metadata, limits: limits)
            if case .compressed(let level) = encoding { pieces = try frames(layout, level: level) }
        } catch {
            throw error.at(path)
        }
        try AtomicFile.write(path) { sink throws(ModelFileError) in
            switch encoding {
            case .plain:
                try sink.write(layout.header)
                for tensor in layout.tensors { try sink.write(tensor) }
            case .compressed:
                for frame in pieces { try sink.write(frame.bytes) }
                try sink.write(SeekTable.encoded(pieces))
            }
        }
    }

    private func frames(_ layout: SafetensorsLayout, level: Int) throws(FormatDefect) -> [CompressedFrame] {
        let parts = layout.tensors.flatMap { tensor in
            Self.blocks(of: tensor).map { (tensor: tensor, range: $0) }
        }
        guard parts.count < limits.frames else {
            throw FormatDefect(.unrepresentable, "needs \(parts.count + 1) frames, above the limit of \(limits.frames)")
        }
        let frames = Mutex([CompressedFrame?](repeating: nil, count: parts.count + 1))
        try ParallelLoop.run(
            count: parts.count + 1,
            threads: threads,
            worker: { ZstdCompressor(level: level) },
            step: { compressor, index throws(FormatDefect) in
                let frame =
                    index == 0
                    ? try compressor.frame(of: layout.header)
                    : try compressor.frame(of: parts[index - 1].tensor, range: parts[index - 1].range)
                frames.withLock { $0[index] = frame }
            }
        )
        return frames.withLock { $0.compactMap(\.self) }
    }

    /// The byte ranges of a tensor that become frames: whole rows where at least one fits.
    static func blocks(of tensor: Tensor) -> [Range<Int>] {
        let rowBytes = tensor.rowLength * tensor.elementType.size
        let blockBytes = (1...frameBytes).contains(rowBytes) ? frameBytes / rowBytes * rowBytes : frameBytes
        return stride(from: 0, to: tensor.byteCount, by: blockBytes).map { start in
            start..<min(start + blockBytes, tensor.byteCount)
        }
    }
}
