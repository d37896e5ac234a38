import CZstd

/// A decoding context of Zstandard; one thread at a time may use it.
@safe
final class ZstdDecompressor {
    private let context: OpaquePointer

    /// Nil without memory for it.
    init?() {
        guard let context = unsafe ZSTD_createDCtx() else { return nil }
        unsafe self.context = context
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// Decodes `source`, which must be one frame and nothing else, into `destination`, which it must fill exactly.
    /// Needs no memory beyond the context: the window is the destination itself.
    func decode(
        _ source: UnsafeRawBufferPointer,
        into destination: UnsafeMutableRawBufferPointer
    ) throws(FormatDefect) {
        let frameBytes = unsafe ZSTD_findFrameCompressedSize(source.baseAddress, source.count)
        try Self.check(frameBytes)
        guard frameBytes == source.count else {
            throw FormatDefect(
                .invalidFrame,
                "ends after \(frameBytes) bytes, the seek table gives it \(source.count)"
            )
        }
        let decoded = unsafe ZSTD_decompressDCtx(
            context,
            destination.baseAddress,
            destination.count,
            source.baseAddress,
            source.count
        )
        try Self.check(decoded)
        guard decoded == destination.count else {
            throw FormatDefect(.invalidFrame, "decodes to \(decoded) bytes, expected \(destination.count)")
        }
    }

    private static func check(_ result: Int) throws(FormatDefect) {
        guard ZSTD_isError(result) == 0 else {
            throw FormatDefect(
                .invalidFrame,
                "does not decode: \(unsafe String(cString: ZSTD_getErrorName(result)))"
            )
        }
    }
}
