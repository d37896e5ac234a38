import Encoder
import StrictJSON
import Testing

@testable import Benchmarks
@testable import VulkanBackend

/// What is made of profiles, with profiles that are made up.
@Suite struct ShaderTimesTests {
    /// Two sequences, of 3 and 5 tokens.
    private func work(outputs: Int = 3, transform: Activation? = nil) throws -> PassWork {
        PassWork(
            configuration: try EncoderConfiguration(
                vocabularySize: 100,
                maximumPositions: 16,
                segmentCount: 2,
                hiddenSize: 10,
                layerCount: 2,
                headCount: 2,
                intermediateSize: 40,
                activation: .gelu,
                normEpsilon: 1e-12
            ),
            head: HeadConfiguration(
                pooling: .mean,
                normalizesEmbedding: false,
                transform: transform,
                outputCount: outputs
            ),
            tableBytes: [1, 4, 0],
            lengths: [3, 5]
        )
    }

    private let peaks = DevicePeaks(bytesPerSecond: 1e9, rates: [.integerDot: 4e9, .float: 1e9])

    @Test(arguments: [
        // 10 x 30 bytes and 3 x 4 for each output; 10 bytes, 8 of parameters and 30 floats for each of 8 tokens.
        ("linear_int8_dot 10 → 30", 300 + 360 + 8 * (10 + 8 + 120), 2400),
        // The residual is read too.
        ("linear_int8_rows_float 10 → 10", 100 + 120 + 8 * (10 + 8 + 80), 800),
        ("linear_f32 40 → 10", 1600 + 40 + 8 * (160 + 80), 3200),
        // Ids, segments and positions; a row of bytes with a scale and one of floats; the sum.
        ("embed", 8 * (12 + 10 + 4 + 40 + 40), 0),
        ("layer_norm", 80 + 8 * 98, 0), ("quantize", 8 * (125 + 8), 0), ("activate", 8 * 320, 0),
        ("attention", 8 * 160, 2 * 10 * (9 + 25)), ("attention_int8_dot", 8 * 160, 2 * 10 * (9 + 25)),
        ("attention_int8_float", 8 * 160, 2 * 10 * (9 + 25)), ("pool", 40 * 10, 0), ("finish_embedding", 2 * 80, 0),
        ("head_linear", 4 * 33 + 2 * 4 * 13, 60),
    ])
    func countsWhatAStepHasToDo(label: String, bytes: Int, products: Int) throws {
        let step = try #require(try work().step(label))
        #expect(step.bytes == bytes && step.multiplyAccumulates == products)
    }

    @Test func stepsOfOneLabelThatDifferCountAsTheirMean() throws {
        let step = try #require(try work(outputs: 2, transform: .tanh).step("head_linear"))
        #expect(step.bytes == (4 * 11 * 10 + 2 * 4 * 20 + 4 * 11 * 2 + 2 * 4 * 12) / 2)
        #expect(step.multiplyAccumulates == (2 * 100 + 2 * 20) / 2)
    }

    @Test func whatIsNotKnownIsNotCounted() throws {
        for label in ["", "sort", "linear_int8_dot", "linear_int8_dot 10 → 31", "linear_int8_dot 110 → 30 "] {
            #expect(try work().step(label) == nil, "\(label)")
        }
    }

    @Test(arguments: [
        ("linear_int8_dot 10 → 30", DevicePeaks.Arithmetic.integerDot), ("linear_int8_rows_dot 1 → 2", .integerDot),
        ("linear_int8_float 1 → 2", .float), ("linear_f32 1 → 2", .float), ("attention", .float),
        ("attention_int8_dot", .integerDot), ("attention_int8_float", .float),
        ("linear_int8_matrix 1 → 2", .matrix), ("linear_int8_matrix_half 1 → 2", .halfMatrix),
    ])
    func aLabelNamesItsArithmetic(label: String, arithmetic: DevicePeaks.Arithmetic) {
        #expect(DevicePeaks.Arithmetic(of: label) == arithmetic)
    }

    @Test func timesAreByLabelAndTheLongestComesFirst() throws {
        let linear = "linear_int8_dot 10 → 30"
        // Two passes; the linear step takes 1.2 µs, which is half the dot product's peak.
        let steps: [(step: String, nanoseconds: Double)] = [
            ("embed", 400), (linear, 1100), (linear, 1300), ("embed", 600), (linear, 1200), (linear, 1200),
        ]
        let table = ShaderTimes.table(steps, passes: 2, work: try work(), peaks: peaks)
        #expect(table.map(\.label) == [linear, "embed"] && table.map(\.count) == [2, 1])
        #expect(abs(table[0].milliseconds - 2400e-6) < 1e-12 && abs(table[1].milliseconds - 500e-6) < 1e-12)
        #expect(abs(table[0].shareOfTime - 4800 / 5800 * 100) < 1e-9)
        #expect(try abs(#require(table[0].shareOfPeak) - 2400 / 1.2e-6 / 4e9 * 100) < 1e-9)
        #expect(try abs(#require(table[0].shareOfBandwidth) - 1764 / 1.2e-6 / 1e9 * 100) < 1e-9)
        #expect(table[1].shareOfPeak == nil && table[1].shareOfBandwidth != nil)
    }

    @Test func withoutPeaksThereAreNoShares() throws {
        let none = DevicePeaks(bytesPerSecond: 0, rates: [:])
        let table = ShaderTimes.table([("attention", 10), ("other", 5)], passes: 1, work: try work(), peaks: none)
        #expect(table.allSatisfy { $0.shareOfPeak == nil && $0.shareOfBandwidth == nil })
        #expect(table.map { $0.figures.map(\.0) } == Array(repeating: [.gpuTime, .count, .shareOfTime], count: 2))
        #expect(ShaderTimes.table([], passes: 1, work: try work(), peaks: none).isEmpty)
    }

    private func profile(_ steps: [(step: String, nanoseconds: Double)], execution: Duration) -> DeviceProfile {
        DeviceProfile(
            steps: steps,
            write: .microseconds(10),
            execution: execution,
            read: .microseconds(30),
            bytesWritten: 224,
            bytesRead: 104
        )
    }

    @Test func aBatchHasItsTimesByBothClocks() throws {
        let profiles = [
            profile([("embed", 1e6)], execution: .microseconds(1960)),
            profile([("embed", 2e6)], execution: .microseconds(2960)),
            profile([("embed", 3e6)], execution: .microseconds(8960)),
        ]
        let sample = DeviceWorkload.sample(profiles, tokens: 8, work: try work(), peaks: peaks)
        var values: [String: Double] = [:]
        for part in sample.parts { values["\(part.name), \(part.quantity.rawValue)"] = part.value }
        #expect(values["all, p50"] == 3 && values["all, gpu-time"] == 2)
        #expect(try abs(#require(values["all, tokens"]) - 8 / 3e-3) < 1e-6)
        #expect(values["write the batch, p50"] == 0.01 && values["write the batch, transferred"] == 0.224)
        #expect(values["read the results, p50"] == 0.03 && values["read the results, transferred"] == 0.104)
        #expect(values["embed, gpu-time"] == 2 && values["embed, count"] == 1 && values["embed, time-share"] == 100)
    }

    @Test func aDeviceWithoutAClockHasTheHostsTimes() throws {
        let sample = DeviceWorkload.sample(
            [profile([], execution: .milliseconds(1))],
            tokens: 8,
            work: try work(),
            peaks: peaks
        )
        #expect(Set(sample.parts.map(\.name)) == ["all", "write the batch", "read the results"])
        #expect(sample.parts.allSatisfy { $0.quantity != .gpuTime })
    }
}
