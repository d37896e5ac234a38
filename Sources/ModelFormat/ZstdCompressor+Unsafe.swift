import CZstd
import Tensors

/// One compressed frame and what the seek table says of it.
struct CompressedFrame: Sendable {
    let bytes: [UInt8]
    let decodedBytes: Int

    /// Lower half of the content's XXH64: a frame ends with it.
    var checksum: UInt32 { UInt32(bytes.littleEndian(at: bytes.count - 4, width: 4)) }
}

/// An encoding context of Zstandard; one thread at a time may use it. Every frame carries its size and a checksum, and
/// depends on nothing but its input, the level and the version of the library.
@safe
final class ZstdCompressor {
    private let context: OpaquePointer

    /// Nil without memory for it. A level outside the library's range counts as the nearest one in it.
    init?(level: Int) {
        guard let context = unsafe ZSTD_createCCtx() else { return nil }
        unsafe self.context = context
        let level = max(Int(ZSTD_minCLevel()), min(level, Int(ZSTD_maxCLevel())))
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, CInt(level))
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
    }

    func frame(of bytes: [UInt8]) throws(FormatDefect) -> CompressedFrame {
        try unsafe bytes.withUnsafeBufferPointer { source throws(FormatDefect) in
            try unsafe frame(of: UnsafeRawBufferPointer(source))
        }
    }

    /// A frame of these bytes of a tensor.
    func frame(of tensor: Tensor, range: Range<Int>) throws(FormatDefect) -> CompressedFrame {
        try unsafe tensor.withUnsafeBytes { source throws(FormatDefect) in
            try unsafe frame(of: UnsafeRawBufferPointer(rebasing: source[range]))
        }
    }

    private func frame(of source: UnsafeRawBufferPointer) throws(FormatDefect) -> CompressedFrame {
        let capacity = ZSTD_compressBound(source.count)
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { destination, initialised in
            result = unsafe ZSTD_compress2(
                context,
                destination.baseAddress,
                destination.count,
                source.baseAddress,
                source.count
            )
            initialised = ZSTD_isError(result) == 0 ? result : 0
        }
        guard ZSTD_isError(result) == 0 else {
            throw FormatDefect(
                .outOfMemory,
                "compression failed: \(unsafe String(cString: ZSTD_getErrorName(result)))"
            )
        }
        return CompressedFrame(bytes: bytes, decodedBytes: source.count)
    }
}
