import Testing

@testable import Benchmarks

/// A report with the measures given, all else the same.
func report(_ measures: [Measure], change: (inout RunEnvironment) -> Void = { _ in }) -> BenchmarkReport {
    var environment = RunEnvironment(
        version: "1.2.3",
        date: "2026-01-02T03:04:05Z",
        processor: "A Processor",
        usableCores: 4,
        kernel: "6.1.0",
        coreShare: 0.99,
        instructionSet: "avx2",
        integerInstruction: "vpmaddubsw, vpmaddwd, vpaddd ymm",
        floatInstruction: "vfmadd ymm",
        openBLASCore: "",
        model: "a-model",
        identity: "sha256:0",
        backend: "cpu-int8-avx2"
    )
    change(&environment)
    let parameters = ReportedParameters(
        sections: ["stream"],
        threads: [1, 2],
        shapes: ["1x8"],
        batches: [],
        seconds: 2.5,
        rounds: 3,
        precision: "auto",
        querySource: "built in",
        queryCount: 64,
        queryDigest: "00"
    )
    return BenchmarkReport(environment: environment, parameters: parameters, measures: measures)
}

func measure(_ subject: String, _ quantity: Quantity, _ rounds: [Double], in section: Section = .stream) throws
    -> Measure
{
    try #require(Measure(Measure.Key(section, subject, quantity), rounds: rounds))
}
