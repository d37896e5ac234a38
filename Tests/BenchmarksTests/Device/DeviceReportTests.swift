import StrictJSON
import Testing
import TriageModel

@testable import Benchmarks

/// What a report says of a GPU.
@Suite struct DeviceReportTests {
    private let device = ReportedDevice(
        name: "A Device",
        driver: "driver 1.2",
        kind: "discrete",
        version: "1.3.250",
        integerProduct: "dot",
        timestampPeriod: 1
    )

    private func sample(_ period: Double = 1) throws -> BenchmarkReport {
        var device = device
        device.timestampPeriod = period
        return report([
            try measure("peaks: copies", .bandwidth, [900, 1000], in: .gpu),
            try measure("1x16: all", .p50, [0.5, 0.6], in: .gpu),
            try measure("1x16: all", .gpuTime, [0.3, 0.4], in: .gpu),
            try measure("1x16: embed", .gpuTime, [0.1, 0.2], in: .gpu),
            try measure("1x16: embed", .shareOfBandwidth, [12, 14], in: .gpu),
            try measure("32x16: all", .p50, [0.7, 0.8], in: .gpu),
        ]) { $0.device = device }
    }

    @Test func eachBatchHasATableOfItsParts() throws {
        let tables = try sample().tables
        #expect(tables.map(\.title) == ["GPU: peaks", "GPU: 1x16", "GPU: 32x16"])
        #expect(tables[1].heads == ["", "p50 ms", "GPU ms", "% of bandwidth", "spread"])
        #expect(
            tables[1].rows == [
                ["all", "0.550", "0.350", "", "0.500 … 0.600"], ["embed", "", "0.150", "13.0", "0.100 … 0.200"],
            ]
        )
    }

    @Test func theDeviceIsNamedAndReadBack() throws {
        let report = try sample()
        #expect(
            report.text.contains(
                "GPU         A Device (discrete), Vulkan 1.3.250, driver driver 1.2, integers by dot\n"
            )
        )
        let copy = try BenchmarkReport(json: try JSONParser.parse(JSONValue.object(report.json).text(pretty: true)))
        #expect(copy.environment == report.environment && copy.measures == report.measures)
        #expect(report.json["notes"] == .array([]))
        let other = Comparison(before: copy, now: onCPU(report))
        #expect(other.differences.map(\.name) == ["GPU"] && other.changes.count == 6)
    }

    /// The same measures on the CPU.
    private func onCPU(_ report: BenchmarkReport) -> BenchmarkReport {
        var environment = report.environment
        environment.device = nil
        return BenchmarkReport(environment: environment, parameters: report.parameters, measures: report.measures)
    }

    @Test func aDeviceWithoutAClockIsSaid() throws {
        #expect(try sample(0).text.contains("Note        A Device has no clock: "))
    }

    /// A report from before there were GPUs.
    @Test func olderReportsAreRead() throws {
        var json = report([try measure("x", .p50, [1])]).json
        json["notes"] = nil
        var environment = try #require(json["environment"]?.object)
        environment["gpu"] = nil
        json["environment"] = .object(environment)
        var parameters = try #require(json["parameters"]?.object)
        parameters["batches"] = nil
        json["parameters"] = .object(parameters)
        let older = try BenchmarkReport(json: .object(json))
        #expect(older.environment.device == nil && older.parameters.batches.isEmpty)
    }

    private func sweep(_ rates: [(size: Int, cpu: Double, device: Double)], stage: String = "") throws -> [String] {
        var measures: [Measure] = []
        for (size, cpu, device) in rates {
            for (backend, rate) in [(Backend.cpu, cpu), (.vulkan, device)] {
                let subject = SweepWorkload.subject(size, backend, stage)
                measures.append(try measure(subject, .queriesPerSecond, [rate], in: .sweep))
            }
        }
        var parameters = report([]).parameters
        parameters.batches = rates.map(\.size)
        return BenchmarkReport(environment: report([]).environment, parameters: parameters, measures: measures).notes
    }

    @Test func saysFromWhichBatchTheDeviceWins() throws {
        #expect(
            try sweep([(1, 10, 1), (2, 20, 30), (4, 40, 35), (8, 50, 90), (16, 50, 99)]) == [
                "vulkan is faster than the CPU from 8 queries a call on"
            ]
        )
        #expect(try sweep([(1, 10, 11), (2, 10, 12)]) == ["vulkan is faster than the CPU from 1 queries a call on"])
        #expect(
            try sweep([(1, 10, 11), (64, 20, 12)], stage: ", whole model") == [
                "whole model: vulkan is not faster than the CPU at 64 queries a call"
            ]
        )
        #expect(try sweep([]).isEmpty)
    }

    @Test func aSweepIsNamedByItsSize() {
        #expect(SweepWorkload.subject(1, .cpu, "") == "1 query, cpu")
        #expect(SweepWorkload.subject(8192, .vulkan, ", whole model") == "8192 queries, whole model, vulkan")
    }

    @Test(arguments: [(8192, [1, 32, 512]), (512, [1, 32]), (256, [1, 16])])
    func batchesFitAPass(preferredTokenCount: Int, sequences: [Int]) {
        let shapes = DeviceWorkload.defaultShapes(preferredTokenCount: preferredTokenCount)
        #expect(shapes == sequences.map { Shape(sequences: $0, tokens: 16) })
    }

    @Test func aGPUIsMeasuredWhereItComputes() {
        #expect(!Parameters.defaultSections(of: .cpu).contains(.gpu))
        #expect(Parameters.defaultSections(of: .vulkan).contains(.gpu))
        #expect(Backend.allCases.allSatisfy { !Parameters.defaultSections(of: $0).contains(.sweep) })
    }
}
