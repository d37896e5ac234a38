import CommandSupport
import Testing
import TriageModel
import VulkanBackend

@testable import Benchmarks

private let softwareDevice = (try? VulkanDevice.all())?.first { $0.kind == .software && $0.hasAddresses }

/// The sections of a GPU on one in software; what they measure is not looked at.
@Suite(.enabled(if: softwareDevice != nil, "needs a Vulkan device in software, such as llvmpipe"))
struct DeviceBenchmarkTests {
    private static let model = #filePath.replacing(
        "BenchmarksTests/Device/DeviceBenchmarkTests.swift",
        with: "TriageModelTests/Fixtures/minilm"
    )

    private func run(_ sections: [Section], shapes: [Shape]? = nil) throws -> BenchmarkReport {
        let parameters = Parameters(
            sections: sections,
            threads: [1],
            shapes: shapes,
            batches: [1, 3],
            seconds: 0,
            rounds: 1,
            precision: .int8,
            backend: .vulkan,
            device: softwareDevice.map { String($0.index) }
        )
        let benchmark = try Benchmark(
            parameters,
            directory: Self.model,
            version: "1",
            interruption: Interruption()
        )
        return try benchmark.run { _, _ in }
    }

    @Test func saysWhereThePassesTimeGoes() throws {
        let report = try run([.gpu], shapes: [Shape(sequences: 3, tokens: 5)])
        #expect(report.environment.device?.kind == "software" && report.environment.device?.name.isEmpty == false)
        let titles = report.tables.map(\.title)
        #expect(titles == ["GPU: peaks", "GPU: 3x5"])
        func value(_ subject: String, _ quantity: Quantity) -> Double? {
            report.measures.first { $0.key.subject == subject && $0.key.quantity == quantity }?.value
        }
        #expect(value("peaks: copies within its memory", .bandwidth) != nil)
        #expect(value("peaks: 32-bit floating point", .rate) != nil)
        #expect(value("3x5: all", .p50) != nil && value("3x5: write the batch", .transferred) == 0.42)
        guard softwareDevice?.timestampPeriod ?? 0 > 0 else { return }
        let parts = report.measures.filter { $0.key.quantity == .shareOfTime }
        #expect(abs(parts.reduce(0) { $0 + $1.value } - 100) < 0.1)
        // Every step that ran is known to the accounting.
        let labels = parts.map(\.key.subject)
        for shader in ["attention_int8", "linear_int8"] {
            #expect(labels.contains { $0.hasPrefix("3x5: \(shader)") }, "\(labels)")
        }
        #expect(labels.allSatisfy { value($0, .shareOfBandwidth) != nil }, "\(labels)")
    }

    @Test func aBatchThatNoPassTakesIsAnError() throws {
        let long = #expect(throws: BenchmarkError.self) { try run([.gpu], shapes: [Shape(sequences: 1, tokens: 9999)]) }
        #expect(long?.description.contains("the model reads at most") == true)
        let large = #expect(throws: BenchmarkError.self) {
            try run([.gpu], shapes: [Shape(sequences: 65_536, tokens: 4)])
        }
        #expect(large?.description.contains("the GPU takes at most") == true)
    }

    @Test func theStreamRunsOnTheDevice() throws {
        let report = try run([.shapes], shapes: [Shape(sequences: 2, tokens: 4)])
        #expect(report.environment.backend.hasPrefix("vulkan-int8"))
        // The CPU's peak is not the device's.
        #expect(Set(report.measures.map(\.key.quantity)) == [.p50, .tokensPerSecond])
    }
}
