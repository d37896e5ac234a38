import ModelFormat
import Testing

@testable import TriageModel

@Suite struct CompiledShadersFileTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test func whatIsWrittenIsReadForTheSameDeviceOnly() throws {
        let shaders: [UInt8] = [0, 1, 255, 10, 0]
        let file = CompiledShadersFile(directory: folder.path("new/cache"), device: "abc")
        #expect(file.read() == [])
        file.write(shaders)
        #expect(file.read() == shaders)
        #expect(CompiledShadersFile(directory: folder.path("new/cache"), device: "abd").read() == [])
    }

    @Test func damagedFilesAreNotRead() throws {
        let file = CompiledShadersFile(directory: folder.path("cache"), device: "abc")
        file.write([1, 2, 3])
        let bytes = try FileBytes.read(file.path, limit: 1 << 16)
        for damaged in [Array(bytes.dropLast()), bytes + [0], Array(bytes.prefix(64)), Array("no shaders".utf8)] {
            try AtomicFile.write(damaged, to: file.path)
            #expect(file.read() == [])
        }
        try AtomicFile.write(bytes, to: file.path)
        #expect(file.read() == [1, 2, 3])
    }

    @Test func whereNothingCanBeWrittenNothingFails() {
        CompiledShadersFile(directory: "/proc/triage", device: "abc").write([1])
    }
}
