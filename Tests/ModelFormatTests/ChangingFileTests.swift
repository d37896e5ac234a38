import Synchronization
import Tensors
import Testing

@testable import ModelFormat

/// Compressed files that change while they are open, and what is hashed of them.
@Suite struct ChangingFileTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A file with two tensors of noise, each in one frame of its own.
    private func write(seed: UInt64, as name: String = "file") throws -> String {
        let tensors = ["a": Sample.noise(4000, seed: seed), "b": Sample.noise(300_000, seed: seed + 1)]
        try WeightFileWriter(encoding: .compressed(level: 1)).write(
            tensors.mapValues { try Tensor(.int8, [$0.count], bytes: $0) },
            to: directory.file(name)
        )
        return directory.file(name)
    }

    private func failure(_ body: () throws(ModelFileError) -> Void) -> ModelFileError? {
        do throws(ModelFileError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [1, 4]) func namesTheFrameAtWhichAFileWasShortened(threads: Int) throws {
        let path = try write(seed: 1)
        let file = try WeightFile.open(path)
        directory.truncate("file", to: file.storedBytes / 2)
        let error = failure { () throws(ModelFileError) in _ = try file.load(["a", "b"], threads: threads) }
        let reason =
            "is cut off at byte \(file.storedBytes / 2) of \(file.storedBytes): the file became shorter while it was read"
        #expect(error?.code == .truncated)
        #expect(error?.description == #"\#(path): tensor "b": frame 2 \#(reason)"#)
        #expect(failure { () throws(ModelFileError) in _ = try file.identity() }?.reason == reason)
        directory.truncate("file", to: 0)
        #expect(failure { () throws(ModelFileError) in _ = try file.load(["a"], threads: threads) }?.code == .truncated)
    }

    /// As sound as the file that was opened, of the same layout, and another one.
    @Test func refusesContentThatWasWrittenOverIt() throws {
        let file = try WeightFile.open(write(seed: 1))
        let other = try bytes(of: write(seed: 7, as: "other"))
        #expect(other.count == file.storedBytes)
        try directory.overwrite("file", with: other)
        let error = failure { () throws(ModelFileError) in _ = try file.load(["a", "b"], threads: 1) }
        #expect(error?.code == .invalidSeekTable)
        #expect(error?.reason == #"tensor "a": frame 1 has another checksum than the seek table says"#)
    }

    @Test func readsOnWhereAnotherFileTookItsName() throws {
        let file = try WeightFile.open(write(seed: 1))
        let before = try bytes(of: directory.file("file"))
        _ = try write(seed: 7)
        #expect(try file.load(["a", "b"], threads: 2)["a"]?.bytes == Sample.noise(4000, seed: 1))
        #expect(try file.identity() == sha256(of: before))
    }

    @Test func aSmallFileHasItsLimit() throws {
        let path = try directory.write([1, 2, 3], as: "three")
        #expect(try FileBytes.read(path, limit: 3) == [1, 2, 3])
        let error = failure { () throws(ModelFileError) in _ = try FileBytes.read(path, limit: 2) }
        #expect(error?.code == .limitExceeded && error?.reason == "has 3 bytes, the limit is 2")
        let opened = StoredBytes(try RegularFile.open(path))
        directory.truncate("three", to: 1)
        #expect(throws: FormatDefect.self) { try opened.bytes(in: 0..<3) }
        #expect(try opened.bytes(in: 0..<1) == [1])
    }

    /// The digest is that of the file, however much of it was read before, and in which order.
    @Test(arguments: [[], [["a"]], [["b"]], [["b"], ["a"]], [["a"], ["b"], ["a", "b"]], [["a", "b"]]], [1, 3])
    func identityDoesNotDependOnWhatWasLoaded(_ loads: [[String]], threads: Int) throws {
        let path = try write(seed: 3)
        let file = try WeightFile.open(path)
        for names in loads { _ = try file.load(names, threads: threads) }
        #expect(try file.identity() == sha256(of: bytes(of: path)))
    }

    @Test(arguments: [WeightFileWriter.Encoding.plain, .compressed(level: 1)], [1, 4])
    func otherWorkIsDoneOnce(_ encoding: WeightFileWriter.Encoding, threads: Int) throws {
        let file = try Sample.parse(Sample.small(encoding))
        let count = Atomic<Int>(0)
        _ = try file.load(["a", "b"], threads: threads) { count.add(1, ordering: .relaxed) }
        #expect(count.load(ordering: .relaxed) == 1)
    }
}
