/// The element types a weight file may hold, with the names safetensors gives them.
package enum ElementType: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int8 = "I8"
    /// Plain bytes, or two 4-bit integers a byte where a quantisation says so.
    case uint8 = "U8"
    case int32 = "I32"
    /// Only in checkpoints, for index buffers that inference does not use.
    case int64 = "I64"

    /// Bytes an element.
    package var size: Int {
        switch self {
        case .int8, .uint8: 1
        case .float16, .bfloat16: 2
        case .float32, .int32: 4
        case .int64: 8
        }
    }
}
