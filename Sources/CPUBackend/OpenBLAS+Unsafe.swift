internal import COpenBLAS
package import Encoder

/// OpenBLAS, loaded on first use with the right kernels for this CPU, and kept single-threaded: the threads are ours.
@safe
package struct OpenBLAS: @unchecked Sendable {
    // Points to a static of the C module that never changes once loaded.
    private let functions: UnsafePointer<triage_openblas>

    private static let loaded: Result<OpenBLAS, EncoderError> = {
        var reason: UnsafePointer<CChar>?
        let hasAVX512 = InstructionSet.available.contains(.avx512vnni)
        guard let functions = unsafe triage_openblas_load(hasAVX512, &reason) else {
            let text = unsafe reason.map { unsafe String(cString: $0) } ?? "unknown error"
            return .failure(
                .unavailable(
                    "32-bit floating point needs OpenBLAS (Debian: libopenblas0), which does not load: \(text)"
                )
            )
        }
        return .success(unsafe OpenBLAS(functions: functions))
    }()

    /// Throws `EncoderError.unavailable` when the library cannot be loaded.
    package static func load() throws(EncoderError) -> OpenBLAS {
        try loaded.get()
    }

    /// The kernels in use, such as `SkylakeX`.
    package var core: String { unsafe String(cString: functions.pointee.core) }

    /// Version and build options.
    package var configuration: String { unsafe String(cString: functions.pointee.configuration) }

    /// out = x Wᵀ: x `[rows][inputs]`, weights `[outputs][inputs]`, out `[rows][outputs]`, all dense.
    func multiply(
        _ x: AlignedBuffer<Float>,
        rows: Int,
        by weights: AlignedBuffer<Float>,
        inputs: Int,
        outputs: Int,
        to out: AlignedBuffer<Float>
    ) {
        precondition(x.count >= rows * inputs && weights.count >= inputs * outputs && out.count >= rows * outputs)
        unsafe functions.pointee.sgemm_transposed(
            CInt(rows),
            CInt(outputs),
            CInt(inputs),
            x.pointer,
            weights.pointer,
            out.pointer
        )
    }

    /// out = a bᵀ: a `[rows][inner]`, b `[columns][inner]`, out `[rows][columns]`, all dense.
    package func multiply(
        _ a: UnsafePointer<Float>,
        byTransposed b: UnsafePointer<Float>,
        rows: Int,
        columns: Int,
        inner: Int,
        to out: UnsafeMutablePointer<Float>
    ) {
        unsafe functions.pointee.sgemm_transposed(CInt(rows), CInt(columns), CInt(inner), a, b, out)
    }

    /// out = aᵀ b: a `[inner][rows]` with its rows `stride` elements apart, b `[inner][columns]`, out `[rows][columns]`.
    package func multiply(
        transposed a: UnsafePointer<Float>,
        stride: Int,
        by b: UnsafePointer<Float>,
        rows: Int,
        columns: Int,
        inner: Int,
        to out: UnsafeMutablePointer<Float>
    ) {
        unsafe functions.pointee.sgemm_columns(CInt(rows), CInt(columns), CInt(inner), a, CInt(stride), b, out)
    }
}
