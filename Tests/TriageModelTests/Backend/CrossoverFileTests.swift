import Encoder
import Foundation
import StrictJSON
import Testing

@testable import TriageModel

@Suite struct CrossoverFileTests {
    private let folder: TemporaryDirectory
    private let crossover = Crossover(
        device: "uuid driver 1",
        thresholds: [1: .init(first: nil, whole: 512), 16: .init(first: 4_096, whole: nil)]
    )

    init() throws { folder = try TemporaryDirectory() }

    private func file(
        model: String = "sha256:0",
        cpu: String = "cpu-int8-avx2",
        choice: String? = nil
    ) -> CrossoverFile {
        CrossoverFile(directory: folder.path("a/b"), model: model, cpu: cpu, choice: choice)
    }

    @Test func isReadAsItWasWritten() throws {
        #expect(file().read() == nil)
        file().write(crossover)
        #expect(file().read() == crossover)
        var other = crossover
        other.thresholds[2] = .init(first: 256, whole: 8_192)
        file().write(other)
        #expect(file().read() == other)
        // Nothing is left beside it.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b")).count == 1)
    }

    @Test func eachModelProcessorAndDeviceHasItsOwn() {
        let files = [
            file(), file(model: "sha256:1"), file(cpu: "cpu-int8-scalar"), file(choice: "0"), file(choice: "1"),
        ]
        #expect(Set(files.map(\.path)).count == files.count)
        files[0].write(crossover)
        #expect(files.dropFirst().allSatisfy { $0.read() == nil })
    }

    /// Such as one that was renamed, or of a version to come.
    @Test func whatIsNotExactlyOfThisKindIsNotRead() throws {
        file().write(crossover)
        let text = try String(contentsOfFile: file().path, encoding: .utf8)
        let changes = [
            ("\"version\": 1", "\"version\": 2"), ("sha256:0", "sha256:1"), ("cpu-int8-avx2", "cpu-int8-avx"),
            ("512", "255"), ("512", "8193"), ("512", "0"), ("512", "-1"), ("512", "512.5"), ("512", "\"512\""),
            ("\"threads\": 1,", "\"threads\": 0,"), ("\"threads\": 16", "\"threads\": 1"), ("\"first\": null,", ""),
            ("\"device\"", "\"devices\""), ("\"uuid driver 1\"", "1"), ("}\n", "} x\n"),
            ("\"model\"", "\"new\": 1, \"model\""),
        ]
        for (old, new) in changes {
            let changed = text.replacingOccurrences(of: old, with: new)
            #expect(changed != text, "\(old)")
            try changed.write(toFile: file().path, atomically: true, encoding: .utf8)
            #expect(file().read() == nil, "\(new)")
        }
        try text.write(toFile: file().path, atomically: true, encoding: .utf8)
        #expect(file().read() == crossover)
        try String(repeating: " ", count: 1 << 16).appending(text).write(
            toFile: file().path,
            atomically: true,
            encoding: .utf8
        )
        #expect(file().read() == nil)
    }

    /// A driver is given what it has made, whole, or nothing.
    @Test func compiledShadersAreReadAsTheyWereWritten() throws {
        func file(_ device: String = "a") -> CompiledShadersFile {
            CompiledShadersFile(directory: folder.path("c"), device: device)
        }
        #expect(file().read().isEmpty)
        file().write([])
        #expect(!FileManager.default.fileExists(atPath: file().path))
        let shaders = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        file().write(shaders)
        #expect(file().read() == shaders && file("b").read().isEmpty)
        let whole = try Data(contentsOf: URL(filePath: file().path))
        var flipped = whole
        flipped[500] ^= 1
        for damaged in [whole.dropLast(), whole.prefix(64), whole.prefix(10), flipped] {
            try damaged.write(to: URL(filePath: file().path))
            #expect(file().read().isEmpty)
        }
    }

    @Test func isWhereTheEnvironmentSays() {
        func path(_ variables: [String: String]) -> String? { CacheDirectory.path { variables[$0] } }
        #expect(path(["XDG_CACHE_HOME": "/cache", "HOME": "/home/a"]) == "/cache/triage")
        #expect(path(["XDG_CACHE_HOME": "", "HOME": "/home/a"]) == "/home/a/.cache/triage")
        #expect(path(["XDG_CACHE_HOME": "relative", "HOME": "/home/a"]) == "/home/a/.cache/triage")
        #expect(path(["HOME": ""]) == nil && path([:]) == nil)
    }
}
