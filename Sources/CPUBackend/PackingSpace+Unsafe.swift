import Encoder
import Tensors

/// Memory in which the packed weights of a network lie side by side, so that the system can give them huge pages. Lives
/// as long as the buffers taken from it.
///
/// `@unchecked Sendable`: buffers are taken while a backend is being made, by one thread; after that nothing changes.
@safe
final class PackingSpace: @unchecked Sendable {
    private let byteCount: Int
    private let start: UnsafeMutableRawPointer
    private var used = 0

    /// Room for all layers that compute in integers, each packed by itself or with others.
    convenience init(for weights: EncoderWeights, _ firstStage: FirstStageWeights?) throws(EncoderError) {
        try self.init(weights.blocks.flatMap(\.linearLayers) + [firstStage?.dense].compactMap(\.self))
    }

    /// Room for one layer.
    convenience init(for layer: LinearWeights) throws(EncoderError) { try self.init([layer]) }

    private init(_ layers: [LinearWeights]) throws(EncoderError) {
        byteCount = layers.reduce(1) {
            $0 + Int8Linear.packedByteCount(inputs: $1.weight.columnCount, outputs: $1.weight.rowCount)
        }
        guard let start = unsafe FreshPages.map(byteCount: byteCount) else {
            throw .unavailable("there is no memory for \(byteCount) bytes of packed weights")
        }
        unsafe self.start = start
    }

    deinit { unsafe FreshPages.unmap(start, byteCount: byteCount) }

    /// The next `count` bytes, zero; packed layers take whole cache lines.
    func take(_ count: Int) -> AlignedBuffer<Int8> {
        precondition(count <= byteCount - used)
        defer { used += count }
        return unsafe AlignedBuffer(count: count, start: start + used, owner: self)
    }
}

extension BlockWeights {
    fileprivate var linearLayers: [LinearWeights] {
        [query, key, value, attentionOutput, feedForwardUp, feedForwardDown]
    }
}
