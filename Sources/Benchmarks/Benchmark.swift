import CPUBackend
package import CommandSupport
import Encoder
import Parallelism
import TriageModel
import TriageRouter
import VulkanBackend

/// Measures what was asked for.
package struct Benchmark {
    /// The benchmark was asked to stop.
    package struct Interrupted: Error {}

    private let parameters: Parameters
    private let files: ModelFiles
    private let instructionSet: InstructionSet
    private let interruption: Interruption
    private let version: String

    /// Opens the model in `directory`, whose weights are decoded by `run`. `version`: of this program.
    package init(
        _ parameters: Parameters,
        directory: String,
        version: String,
        interruption: Interruption
    ) throws {
        self.parameters = parameters
        files = try ModelFiles(directory)
        instructionSet = try InstructionSet.selected()
        self.interruption = interruption
        self.version = version
        guard !files.labels.isEmpty || ![.stream, .router, .coldStart, .sweep].contains(where: parameters.includes)
        else {
            throw BenchmarkError(
                "\(directory): only embeds: the model has no labels to decide by; "
                    + "--only shapes,peaks,memory measures it"
            )
        }
    }

    /// Measures. `progress` is told what is measured now and what share of the whole is done.
    package func run(progress: (_ activity: String, _ share: Double) -> Void) throws -> BenchmarkReport {
        var recording = Recording(
            rounds: parameters.rounds,
            interruption: interruption,
            isOnCPU: parameters.backend == .cpu
        )
        // Before the model is loaded: the system counts what the parent holds towards the memory of a child.
        let coldStart = parameters.includes(.coldStart) ? [try coldStartWorkload()] : []
        let share = shareOfColdStart
        try recording.measure(coldStart, seconds: parameters.seconds * share) { progress($0, $1 * share) }
        progress("loading the model", share)
        let model = try TriageModel(
            files: files,
            precision: parameters.precision,
            choice: BackendChoice(parameters.backend, device: parameters.device)
        )
        let resident = residentBytes().map { Double($0) / 1e6 }
        try recording.measure(
            try workloads(model),
            seconds: parameters.seconds * (1 - share),
            shareOf: model.backend.hasPrefix("cpu-int8") ? .integer : .float
        ) { progress($0, share + $1 * (1 - share)) }
        if parameters.includes(.memory) {
            recording.record(.memory, "resident after loading", .memory, resident)
            recording.record(.memory, "most resident in the whole run", .memory, Double(peakResidentBytes()) / 1e6)
        }
        return BenchmarkReport(
            environment: try .current(
                model,
                instructionSet: instructionSet,
                coreShare: recording.coreShare,
                version: version
            ),
            parameters: ReportedParameters(parameters),
            measures: recording.measures
        )
    }

    /// Of the time.
    private var shareOfColdStart: Double {
        guard parameters.includes(.coldStart) else { return 0 }
        return [.peaks, .stream, .router, .shapes, .gpu, .sweep].contains(where: parameters.includes) ? 0.1 : 1
    }

    private func coldStartWorkload() throws -> ColdStartWorkload {
        guard let program = executablePath() else {
            throw BenchmarkError("cannot find this program to start it anew; leave out cold-start with --only")
        }
        return ColdStartWorkload(
            program: program,
            arguments: [
                "classify", "--model", files.directory.path, "--precision", parameters.precision.rawValue,
                "--backend", parameters.backend.rawValue,
            ] + (parameters.device.map { ["--device", $0] } ?? []) + [
                "I lost my card, please block it"
            ]
        )
    }

    private func workloads(_ model: TriageModel) throws -> [any Workload] {
        // The other figures are shares of the peaks.
        var workloads: [any Workload] =
            parameters.includes(.peaks)
                || parameters.backend == .cpu && [.stream, .shapes].contains(where: parameters.includes)
            ? MultiplyAccumulate.allCases.map { PeakWorkload(operation: $0, instructionSet: instructionSet) } : []
        if parameters.includes(.stream) {
            try check(parameters.queries, model)
            for threads in parameters.threads {
                // With a single thread, working together is working alone. More callers than cores can be had, more
                // threads of the pool cannot.
                for mode in StreamWorkload.Mode.allCases
                where mode == .oneByOne || threads <= ThreadPool.shared.threads && (threads > 1 || mode == .batched) {
                    workloads += try streamWorkloads(model, mode, threads)
                }
            }
        }
        if parameters.includes(.shapes) {
            for shape in parameters.shapes ?? Parameters.defaultShapes {
                workloads.append(
                    try ShapeWorkload(shape, encoder: model.encoder, configuration: files.configuration.encoder)
                )
            }
        }
        if parameters.includes(.router) {
            try check(parameters.queries, model)
            workloads += try routerWorkloads(model)
        }
        if parameters.includes(.gpu) { workloads += try deviceWorkloads(model) }
        if parameters.includes(.sweep) {
            try check(parameters.queries, model)
            workloads += try sweepWorkloads(model)
        }
        return workloads
    }

    private func routerWorkloads(_ model: TriageModel) throws -> [RouterWorkload] {
        let labels = model.labels.map(\.name)
        let routers = [
            ("no policy", try Router(model: model)),
            ("a policy without rules", try Router(model: model, policy: RouterWorkload.policy(labels, rules: 0))),
            ("a policy of 1,000 rules", try Router(model: model, policy: RouterWorkload.policy(labels, rules: 1_000))),
        ]
        return routers.map { subject, router in
            RouterWorkload(subject: subject, router: router, texts: parameters.queries.texts)
        }
    }

    /// The model as it is, and where it has a first stage, the whole model alone: what other runtimes compare with.
    private func stages(of model: TriageModel) -> [(TriageModel, String)] {
        model.usesFirstStage
            ? [(model, ", first stage"), (TriageModel(model, usesFirstStage: false), ", whole model")] : [(model, "")]
    }

    private func streamWorkloads(
        _ model: TriageModel,
        _ mode: StreamWorkload.Mode,
        _ threads: Int
    ) throws -> [StreamWorkload] {
        try stages(of: model).map { model, stage in
            StreamWorkload(
                mode: mode,
                threads: threads,
                router: try Router(model: model),
                texts: parameters.queries.texts,
                stage: stage
            )
        }
    }

    private func deviceWorkloads(_ model: TriageModel) throws -> [any Workload] {
        guard let backend = model.encoder as? VulkanBackend else {
            throw BenchmarkError("the section gpu is of a model on --backend vulkan")
        }
        let latest = LatestPeaks()
        let shapes =
            parameters.shapes ?? DeviceWorkload.defaultShapes(preferredTokenCount: backend.preferredTokenCount)
        let configuration = files.configuration.encoder
        return [DevicePeakWorkload(backend: backend, latest: latest)]
            + (try shapes.map { shape throws(BenchmarkError) in
                try DeviceWorkload(shape, backend: backend, configuration: configuration, latest: latest)
            })
    }

    /// Each size on the CPU and on the backend, one after the other.
    private func sweepWorkloads(_ model: TriageModel) throws -> [SweepWorkload] {
        let cpu = try TriageModel(files: files, precision: parameters.precision)
        let routers = try [cpu, model].map { model in
            try stages(of: model).map { model, stage in (router: try Router(model: model), stage: stage) }
        }
        return zip(routers[0], routers[1]).flatMap { onCPU, onDevice in
            parameters.batches.flatMap { size in
                [onCPU, onDevice].map { part in
                    SweepWorkload(
                        size: size,
                        router: part.router,
                        threads: ThreadPool.shared.threads,
                        stage: part.stage,
                        texts: parameters.queries.texts
                    )
                }
            }
        }
    }

    /// Names the text that cannot be decided on; a workload would not know which it is.
    private func check(_ queries: QuerySet, _ model: TriageModel) throws {
        for (index, text) in queries.texts.enumerated() where model.tokenize(text).ids.count <= model.emptyTokenCount {
            throw BenchmarkError("\(queries.source): text \(index + 1) holds nothing that the model reads")
        }
    }
}

/// The memory of this process that is resident now, in bytes; nil where the system does not say.
private func residentBytes() -> Int? {
    smallFile("/proc/self/status").flatMap { ServerProcess.kilobytes("VmRSS:", $0) }.map { $0 * 1024 }
}
