package import Encoder
import Parallelism

/// The network on a device that Vulkan offers, embedding to head, over batches without padding.
///
/// In 8-bit integers its bits are those of the CPU: integer sums are exact in any order, and each floating-point step is
/// the definition's, in the same order, with the same roundings.
///
/// Immutable but for slots of scratch memory, for which calls wait; safe to call from many threads at once. After a
/// failure of the device every call throws it.
package final class VulkanBackend: EncoderBackend {
    /// The arithmetic of the linear layers inside the encoder.
    package enum Arithmetic: String, Sendable {
        case int8
        case float32 = "f32"
    }

    /// After which a device that does not answer is given up: a pass takes milliseconds. Software takes seconds, and minutes
    /// where others want the processor.
    static func timeout(of device: VulkanDevice) -> Duration { .seconds(device.kind == .software ? 1800 : 30) }

    /// While one batch is computed, the host reads the results of another and writes a third.
    private static let slotCount = 2
    /// Of a matrix: shaders count elements by 31 bits.
    static let elementLimit = 1 << 31

    package let name: String
    package let preferredTokenCount: Int
    /// Below it the device is not busy.
    package let minimumTokenCount: Int
    let prepared: Prepared
    private let slots: Monitor<[Slot]>

    /// What all slots share; immutable.
    struct Prepared: Sendable {
        let device: Device
        let kernels: Kernels
        let network: Network
        let configuration: EncoderConfiguration
        let head: HeadConfiguration
        let arena: Arena
        let tokenCapacity: Int
        let stageOutputCount: Int
        let timeout: Duration
    }

    /// Copies the weights to the device.
    /// `compiledShaders`: what the property of that name gave for this device earlier, so that nothing is compiled again.
    /// `product`: how integers are multiplied, nil for what suits the device best.
    /// - Throws: `EncoderError.unavailable` where the device lacks what the network needs, `deviceFailed` where it fails,
    ///   such as for lack of memory.
    package init(
        configuration: EncoderConfiguration,
        head: HeadConfiguration,
        weights: EncoderWeights,
        firstStage: FirstStageWeights?,
        arithmetic: Arithmetic,
        device description: VulkanDevice,
        compiledShaders: [UInt8] = [],
        product: IntegerProduct? = nil,
        timeout: Duration? = nil
    ) throws(EncoderError) {
        let device = try Device(description, cache: compiledShaders)
        let kernels =
            if let product = product ?? (arithmetic == .float32 ? .float : nil) {
                try Kernels(configuration, product: product, on: device)
            } else {
                try Kernels.fastest(configuration, on: device)
            }
        var layout = ArenaLayout()
        let network = try Network(weights, firstStage: firstStage, arithmetic: arithmetic, in: &layout)
        let stageSize = network.stageDense?.outputs ?? 0
        let tokenCapacity = try Self.tokenCapacity(
            configuration,
            wordsPerToken: Scratch.wordsPerToken(configuration, stageSize: stageSize),
            on: description
        )
        var scratches: [Scratch] = []
        for _ in 0..<Self.slotCount {
            scratches.append(
                Scratch(configuration, stageSize: stageSize, tokenCapacity: tokenCapacity, in: &layout)
            )
        }
        prepared = Prepared(
            device: device,
            kernels: kernels,
            network: network,
            configuration: configuration,
            head: head,
            arena: try Arena(layout, on: device),
            tokenCapacity: tokenCapacity,
            stageOutputCount: network.stageOutput?.outputs ?? 0,
            timeout: timeout ?? Self.timeout(of: description)
        )
        var slots: [Slot] = []
        for scratch in scratches { slots.append(try Slot(prepared, scratch: scratch)) }
        self.slots = Monitor(slots)
        name = "vulkan-\(arithmetic.rawValue)" + (arithmetic == .int8 ? "-\(kernels.product.rawValue)" : "")
        preferredTokenCount = tokenCapacity
        minimumTokenCount = tokenCapacity / 4
    }

    /// The shaders compiled so far, for `init` in a later process with the same device and driver; empty where the driver
    /// gives none. The driver checks what it is given and ignores what is not its own.
    package var compiledShaders: [UInt8] { prepared.device.pipelineCache() }

    /// Tokens that a pass computes at once: enough to fill a large device, in a part of its memory.
    private static func tokenCapacity(
        _ configuration: EncoderConfiguration,
        wordsPerToken: Int,
        on device: VulkanDevice
    ) throws(EncoderError) -> Int {
        let budget = min(device.memory, device.maximumAllocation) / 8
        // Of a small encoder's layers 8,192 tokens are a few hundred workgroups, and what lies between two layers is tens of
        // megabytes, which the cache of a large device holds.
        // Where a pass takes longer than some two seconds systems take the device for dead: smaller ones get less.
        var capacity =
            switch device.kind {
            case .discrete: 8192
            case .integrated, .virtual, .other: 2048
            case .software: 512
            }
        while capacity > 256, capacity * wordsPerToken * 4 * slotCount > budget { capacity /= 2 }
        while capacity < configuration.maximumPositions { capacity *= 2 }
        let widest = max(3 * configuration.hiddenSize, configuration.intermediateSize)
        guard capacity * widest <= elementLimit else {
            throw .unavailable("passes of \(capacity) tokens of \(widest) values are more than the shaders address")
        }
        return capacity
    }

    package func run(
        _ batch: TokenBatch,
        threads: Int,
        into output: inout EncoderOutput
    ) throws(EncoderError) {
        try batch.validate(for: prepared.configuration)
        output.embeddings.removeAll(keepingCapacity: true)
        output.logits.removeAll(keepingCapacity: true)
        for part in parts(of: batch) {
            try withSlot { slot throws(EncoderError) in try slot.run(batch, part, into: &output) }
        }
        guard output.embeddings.allSatisfy(\.isFinite), output.logits.allSatisfy(\.isFinite) else { throw .notFinite }
    }

    package func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
        guard prepared.network.stageOutput != nil else { throw .invalidConfiguration("the model has no first stage") }
        try batch.validate(for: prepared.configuration)
        outputs.removeAll(keepingCapacity: true)
        for part in parts(of: batch) {
            try withSlot { slot throws(EncoderError) in try slot.runFirstStage(batch, part, into: &outputs) }
        }
        guard outputs.allSatisfy(\.isFinite) else { throw .notFinite }
    }

    /// Times a pass over a batch of at most `preferredTokenCount` tokens step by step.
    package func profile(_ batch: TokenBatch) throws(EncoderError) -> DeviceProfile {
        try batch.validate(for: prepared.configuration)
        guard batch.sequenceCount > 0, batch.tokenCount <= preferredTokenCount else {
            throw .invalidBatch("a pass has 1 to \(preferredTokenCount) tokens, not \(batch.tokenCount)")
        }
        return try withSlot { slot throws(EncoderError) in try slot.profile(batch, 0..<batch.sequenceCount) }
    }

    /// Workgroups in one dimension of what every device can be given. Where there are no more sequences, there are no more
    /// tasks of attention either: a pass of 65,536 tokens, the most there are, has one for 16 of a sequence's tokens.
    private static let workgroupLimit = 65535

    /// Sequences that fit a slot together, in order.
    private func parts(of batch: TokenBatch) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        for sequence in 0..<batch.sequenceCount
        where batch.offsets[sequence + 1] - batch.offsets[start] > preferredTokenCount
            || sequence - start == Self.workgroupLimit
        {
            parts.append(start..<sequence)
            start = sequence
        }
        if start < batch.sequenceCount { parts.append(start..<batch.sequenceCount) }
        return parts
    }

    /// Lends a slot, once there is one. It is out of the monitor's state meanwhile, so that no other call has it.
    private func withSlot<Result>(
        _ body: (Slot) throws(EncoderError) -> Result
    ) throws(EncoderError) -> Result {
        let slot = slots.update(when: { !$0.isEmpty }) { $0.removeLast() }
        defer { slots.update { $0.append(slot) } }
        return try body(slot)
    }
}
