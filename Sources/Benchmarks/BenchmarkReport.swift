import CPUBackend
import CommandSupport
import Encoder
import ModelFormat
import Parallelism
import StrictJSON
import TriageModel
import VulkanBackend

/// What a benchmark measured, where, of what and how.
package struct BenchmarkReport: Sendable {
    package let environment: RunEnvironment
    package let parameters: ReportedParameters
    package let measures: [Measure]

    package init(environment: RunEnvironment, parameters: ReportedParameters, measures: [Measure]) {
        self.environment = environment
        self.parameters = parameters
        self.measures = measures
    }
}

/// The machine, the program and the model of a benchmark.
package struct RunEnvironment: Equatable, Sendable {
    package var version: String
    /// The end of the benchmark in UTC, ISO 8601.
    package var date: String
    package var processor: String
    package var usableCores: Int
    /// The release of the operating system's kernel.
    package var kernel: String
    /// The share of a core's time that measures of one thread had; nil where there were none.
    package var coreShare: Double?
    package var instructionSet: String
    package var integerInstruction: String
    package var floatInstruction: String
    /// The kernels of OpenBLAS; empty where the arithmetic does not go through it.
    package var openBLASCore: String
    package var model: String
    package var identity: String
    /// What computed, such as `cpu-int8-avx512vnni`.
    package var backend: String
    /// The GPU that computes; nil where the CPU does.
    package var device: ReportedDevice?

    /// What to warn of where other work was on the machine; nil where it was quiet.
    var disturbance: String? {
        guard let coreShare, coreShare < 0.95 else { return nil }
        return "BUSY: measures of one thread had only \(percent(coreShare)) of a core's time"
    }

    static func current(
        _ model: TriageModel,
        instructionSet: InstructionSet,
        coreShare: Double?,
        version: String
    ) throws(EncoderError) -> RunEnvironment {
        RunEnvironment(
            version: version,
            date: currentTime(),
            processor: processorName() ?? "unknown",
            usableCores: UsableCores.current().count,
            kernel: smallFile("/proc/sys/kernel/osrelease").map { String($0.prefix { $0 != "\n" }) } ?? "unknown",
            coreShare: coreShare.map { significant($0) },
            instructionSet: instructionSet.rawValue,
            integerInstruction: instructionSet.instruction(of: .integer),
            floatInstruction: instructionSet.instruction(of: .float),
            openBLASCore: model.backend.contains("openblas") ? try OpenBLAS.load().core : "",
            model: model.name,
            identity: model.identity,
            backend: model.backend,
            device: (model.encoder as? VulkanBackend).map { ReportedDevice($0) }
        )
    }
}

/// The GPU of a benchmark.
package struct ReportedDevice: Equatable, Sendable {
    package var name: String
    /// Its name and version.
    package var driver: String
    package var kind: String
    /// Of Vulkan.
    package var version: String
    /// How integers are multiplied.
    package var integerProduct: String
    /// Nanoseconds of a tick of its clock; 0 without one.
    package var timestampPeriod: Double
}

extension ReportedDevice {
    init(_ backend: VulkanBackend) {
        name = backend.device.name
        driver = backend.device.driver
        kind = backend.device.kind.rawValue
        version = backend.device.version
        integerProduct = backend.integerProduct.rawValue
        timestampPeriod = significant(backend.device.timestampPeriod)
    }
}

/// The parameters of a benchmark as its report states them.
package struct ReportedParameters: Equatable, Sendable {
    package var sections: [String]
    package var threads: [Int]
    package var shapes: [String]
    /// Texts a call; empty without a sweep.
    package var batches: [Int]
    package var seconds: Double
    package var rounds: Int
    package var precision: String
    package var querySource: String
    package var queryCount: Int
    /// The SHA-256 of the texts, a NUL after each.
    package var queryDigest: String
}

extension ReportedParameters {
    init(_ parameters: Parameters) {
        sections = parameters.sections.map(\.rawValue)
        threads = parameters.threads
        shapes = (parameters.shapes ?? (parameters.includes(.shapes) ? Parameters.defaultShapes : [])).map(
            \.description
        )
        batches = parameters.includes(.sweep) ? parameters.batches : []
        seconds = parameters.seconds
        rounds = parameters.rounds
        precision = parameters.precision.rawValue
        querySource = parameters.queries.source
        queryCount = parameters.queries.texts.count
        queryDigest = sha256(of: parameters.queries.texts.flatMap { Array($0.utf8) + [0] })
    }
}
