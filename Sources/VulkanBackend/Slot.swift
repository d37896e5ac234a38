import Encoder

/// What one batch needs on its way through the device: scratch, buffers for its tokens and its results, and the commands
/// for each size, recorded when it first comes. Used by one call at a time.
final class Slot {
    private struct Key: Hashable {
        let stage: EncoderStage
        let tokenCount: Int
    }

    private let backend: VulkanBackend.Prepared
    private let scratch: Scratch
    private let inputs: BatchBuffer
    private let outputs: DeviceBuffer
    private var recorded: [Key: Commands] = [:]

    init(_ backend: VulkanBackend.Prepared, scratch: Scratch) throws(EncoderError) {
        self.backend = backend
        self.scratch = scratch
        inputs = try BatchBuffer(backend.device, tokenCapacity: backend.tokenCapacity)
        let words = backend.configuration.hiddenSize + max(backend.head.outputCount, backend.stageOutputCount)
        outputs = try DeviceBuffer(backend.device, byteCount: 4 * backend.tokenCapacity * words, .download)
    }

    /// Runs the whole network over these sequences and appends the results.
    func run(_ batch: TokenBatch, _ sequences: Range<Int>, into output: inout EncoderOutput) throws(EncoderError) {
        try execute(.whole, batch, sequences)
        read(sequences.count, into: &output)
    }

    private func read(_ sequenceCount: Int, into output: inout EncoderOutput) {
        outputs.append(sequenceCount * backend.configuration.hiddenSize, to: &output.embeddings)
        outputs.append(sequenceCount * backend.head.outputCount, from: logitsOffset, to: &output.logits)
    }

    /// Runs the first stage over these sequences and appends what it says.
    func runFirstStage(
        _ batch: TokenBatch,
        _ sequences: Range<Int>,
        into values: inout [Float]
    ) throws(EncoderError) {
        try execute(.first, batch, sequences)
        outputs.append(sequences.count * backend.stageOutputCount, from: logitsOffset, to: &values)
    }

    /// Behind the embeddings of as many sequences as there can be.
    private var logitsOffset: Int { 4 * backend.tokenCapacity * backend.configuration.hiddenSize }

    private func execute(_ stage: EncoderStage, _ batch: TokenBatch, _ sequences: Range<Int>) throws(EncoderError) {
        try backend.device.check()
        write(batch, sequences)
        let tokens = batch.offsets[sequences.upperBound] - batch.offsets[sequences.lowerBound]
        let key = Key(stage: stage, tokenCount: SizeBuckets.size(for: tokens, limit: backend.tokenCapacity))
        let commands = if let found = recorded[key] { found } else { try record(key) }
        try commands.execute(timeout: backend.timeout)
    }

    /// Runs the whole network over these sequences once, timed step by step.
    func profile(_ batch: TokenBatch, _ sequences: Range<Int>) throws(EncoderError) -> DeviceProfile {
        try backend.device.check()
        let clock = ContinuousClock()
        let commands = try Commands(backend.device, timedSteps: 16 * (backend.network.blocks.count + 1))
        try commands.record { commands throws(EncoderError) in
            try pass(batch.tokenCount, commands).record(.whole)
        }
        // The first execution pays for what a device does once.
        write(batch, sequences)
        try commands.execute(timeout: backend.timeout)
        let start = clock.now
        write(batch, sequences)
        let written = clock.now
        try commands.execute(timeout: backend.timeout)
        let executed = clock.now
        var output = EncoderOutput()
        read(sequences.count, into: &output)
        return DeviceProfile(
            steps: commands.durations(),
            write: written - start,
            execution: executed - written,
            read: clock.now - executed,
            bytesWritten: 28 * batch.tokenCount,
            bytesRead: 4 * (output.embeddings.count + output.logits.count)
        )
    }

    private func write(_ batch: TokenBatch, _ sequences: Range<Int>) {
        inputs.write(
            batch,
            sequences,
            heads: backend.configuration.headCount,
            queriesPerTask: Kernels.queriesPerTask
        )
    }

    private func record(_ key: Key) throws(EncoderError) -> Commands {
        let commands = try Commands(backend.device)
        try commands.record { commands throws(EncoderError) in
            let pass = pass(key.tokenCount, commands)
            try pass.record(key.stage)
        }
        recorded[key] = commands
        return commands
    }

    private func pass(_ tokenCount: Int, _ commands: Commands) -> Pass {
        let logits = outputs.address + UInt64(logitsOffset)
        return Pass(
            commands: commands,
            kernels: backend.kernels,
            network: backend.network,
            configuration: backend.configuration,
            headConfiguration: backend.head,
            arena: backend.arena,
            scratch: scratch,
            inputs: inputs,
            outputs: .init(embeddings: outputs.address, logits: logits, stage: logits),
            tokenCount: tokenCount
        )
    }
}

extension Pass {
    fileprivate func record(_ stage: EncoderStage) throws(EncoderError) {
        switch stage {
        case .whole:
            try forward()
            try head()
        case .first:
            guard let dense = network.stageDense, let output = network.stageOutput else {
                throw .invalidConfiguration("the model has no first stage")
            }
            try firstStage(dense, output)
        }
    }
}

/// The sizes that commands are recorded for: 16, 32, 48, 64, 96, 128, 192 … tokens. A batch runs in the next greater one,
/// and the workgroups that are too many, a third at most, end at once.
enum SizeBuckets {
    static func size(for tokens: Int, limit: Int) -> Int {
        var size = 16
        while size < tokens {
            if size >= 32, size / 2 * 3 >= tokens { return min(limit, size / 2 * 3) }
            size *= 2
        }
        return min(limit, size)
    }
}
