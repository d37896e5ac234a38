/// How a converted model stores its weights.
package enum WeightStorage: String, Sendable, CaseIterable {
    case float32 = "f32"
    case float16 = "f16"
    case bfloat16 = "bf16"
    /// The encoder's linear layers and the word table as 8-bit integers, the rest as 16- and 32-bit floating point.
    case int8
    /// As `int8`, the word table as 4-bit integers.
    case int4Embeddings = "int4-embeddings"

    package var isQuantized: Bool { self == .int8 || self == .int4Embeddings }
}
