import CPUBackend
import Encoder
import Parallelism
import VulkanBackend

extension ModelFiles {
    /// The network, ready to run; `work` is done while its weights are decoded.
    func backend(
        _ choice: BackendChoice,
        precision: Precision,
        instructionSet: InstructionSet?,
        alongside work: @Sendable () -> Void = {}
    ) throws(ModelError) -> any EncoderBackend {
        // What fails at once comes before what takes time.
        var device: VulkanDevice?
        if choice.backend == .vulkan {
            device = try attempt { () throws(EncoderError) in
                try ofDevice { () throws(EncoderError) in try VulkanDevice.selected(choice.device) }
            }
        }
        let loading = try WeightLoading(specifications, in: weights)
        let network = Network(
            files: self,
            loading: loading,
            firstStage: try firstStageWeights(),
            isInteger: precision == .int8 || precision == .automatic && loading.isQuantized
        )
        let weights = try network.weights(alongside: work)
        // Not in a closure, which would hold the weights while they are prepared.
        do throws(EncoderError) {
            if let device {
                let opened = try ofDevice { () throws(EncoderError) in try network.open(device, weights) }
                let cpu = try network.cpu(weights, instructionSet)
                try SelfTest(
                    configuration.encoder,
                    hasFirstStage: network.firstStage != nil,
                    isExact: network.isInteger
                )
                .run(opened.backend, against: cpu)
                opened.keepShaders()
                return opened.backend
            }
            let cpu = try network.cpu(consume weights, instructionSet)
            return choice.backend == .auto ? network.automatic(cpu, device: choice.device) : cpu
        } catch {
            throw ModelError(error, in: directory.path)
        }
    }

    /// What is unavailable is the device, and not this machine.
    private func ofDevice<Value>(_ body: () throws(EncoderError) -> Value) throws(EncoderError) -> Value {
        do throws(EncoderError) { return try body() } catch {
            if case .unavailable(let reason) = error { throw .deviceFailed(reason) }
            throw error
        }
    }

    private func attempt<Value>(_ body: () throws(EncoderError) -> Value) throws(ModelError) -> Value {
        do throws(EncoderError) { return try body() } catch { throw ModelError(error, in: directory.path) }
    }
}

extension ModelError {
    /// Of a backend for the model in `directory`, which is not at fault where the machine is.
    init(_ error: EncoderError, in directory: String) {
        switch error {
        case .unavailable(let reason): self.init(path: "", reason: reason)
        case .deviceFailed(let reason):
            self.init(path: "", reason: "the GPU cannot be used: \(reason); choose the backend auto or cpu")
        case .invalidConfiguration, .invalidWeights, .invalidBatch, .notFinite:
            self.init(path: directory, reason: error.description)
        }
    }
}

/// The network of a model on its way to a backend.
private struct Network: Sendable {
    let files: ModelFiles
    let loading: WeightLoading
    let firstStage: FirstStageWeights?
    /// Whether it computes in integers of 8 bits.
    let isInteger: Bool

    func weights(alongside work: @Sendable () -> Void = {}) throws(ModelError) -> EncoderWeights {
        try files.encoderWeights(loading.matrices(threads: ThreadPool.shared.threads, alongside: work))
    }

    func cpu(
        _ weights: consuming EncoderWeights,
        _ instructionSet: InstructionSet?
    ) throws(EncoderError) -> CPUBackend {
        try CPUBackend(
            configuration: files.configuration.encoder,
            head: files.head,
            weights: consume weights,
            firstStage: firstStage,
            arithmetic: isInteger ? .int8 : .float32,
            instructionSet: instructionSet
        )
    }

    func open(_ device: VulkanDevice, _ weights: EncoderWeights) throws(EncoderError) -> OpenedDevice {
        let file = CacheDirectory.path().map { CompiledShadersFile(directory: $0, device: device.identity) }
        let known = file?.read() ?? []
        let backend = try VulkanBackend(
            configuration: files.configuration.encoder,
            head: files.head,
            weights: weights,
            firstStage: firstStage,
            arithmetic: isInteger ? .int8 : .float32,
            device: device,
            compiledShaders: known
        )
        return OpenedDevice(backend, identity: device.identity) {
            let compiled = backend.compiledShaders
            if compiled != known { file?.write(compiled) }
        }
    }

    /// Keeps the file open and not its weights, which are decoded again where a device wants them.
    func automatic(_ cpu: CPUBackend, device choice: String?) -> AutomaticBackend {
        let name = cpu.name
        return AutomaticBackend(
            cpu: cpu,
            configuration: files.configuration.encoder,
            hasFirstStage: firstStage != nil,
            file: {
                guard let directory = CacheDirectory.path(), let identity = try? files.identity() else { return nil }
                return CrossoverFile(directory: directory, model: identity, cpu: name, choice: choice)
            },
            open: { () throws(EncoderError) in
                let device = try VulkanDevice.selected(choice)
                let weights: EncoderWeights
                do throws(ModelError) { weights = try self.weights() } catch { throw .unavailable(error.description) }
                return try self.open(device, weights)
            }
        )
    }
}
