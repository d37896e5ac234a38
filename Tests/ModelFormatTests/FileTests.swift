import Glibc
import Testing

@testable import ModelFormat

/// The file system's side: what is not a readable or writable regular file.
@Suite struct FileTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func failure(_ path: String) -> ModelFileError? {
        do throws(ModelFileError) {
            _ = try WeightFile.open(path)
            return nil
        } catch {
            return error
        }
    }

    @Test func namesPathAndReasonWhenItCannotRead() throws {
        let missing = directory.file("missing")
        #expect(failure(missing)?.description == "\(missing): cannot read: No such file or directory")
        #expect(failure("")?.code == .unreadable)
        #expect(failure("a\u{0}b")?.code == .unreadable)
        #expect(failure(directory.path)?.description == "\(directory.path): is a directory, not a file")
        let empty = try directory.write([], as: "empty")
        #expect(failure(empty)?.description == "\(empty): the file is empty")
        // Neither waits for a writer nor reads without end.
        #expect(failure(directory.makeFIFO("fifo"))?.code == .notRegularFile)
        #expect(failure("/dev/zero")?.code == .notRegularFile)
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func namesMissingPermission() throws {
        let path = try directory.write([1], as: "secret")
        directory.makeUnreadable("secret")
        #expect(failure(path)?.description == "\(path): cannot read: Permission denied")
        let locked = directory.makeDirectory("locked", mode: 0o555)
        #expect(throws: ModelFileError.self) { try AtomicFile.write([1], to: locked + "/file") }
    }

    @Test func replacesAFileAndLeavesNothingElse() throws {
        let path = try directory.write([1, 2, 3])
        try AtomicFile.write([4], to: path)
        #expect(try bytes(of: path) == [4])
        #expect(directory.names == ["file"])
    }

    @Test func keepsTheOldFileWhenWritingFails() throws {
        let path = try directory.write([1, 2, 3])
        let failure = ModelFileError(path: path, code: .unrepresentable, reason: "no")
        #expect(throws: failure) {
            try AtomicFile.write(path) { sink throws(ModelFileError) in
                try sink.write([9])
                throw failure
            }
        }
        #expect(try bytes(of: path) == [1, 2, 3])
        #expect(directory.names == ["file"])
    }

    @Test func namesPathAndReasonWhenItCannotWrite() throws {
        func failure(_ path: String) -> String? {
            do throws(ModelFileError) {
                try AtomicFile.write([1], to: path)
                return nil
            } catch {
                return error.description
            }
        }
        let missing = directory.file("missing/file")
        #expect(
            failure(missing) == "\(missing): cannot create a file in its directory: No such file or directory"
        )
        #expect(failure(directory.path) == "\(directory.path): cannot write: is a directory")
        // Renaming over it would replace it.
        #expect(failure(directory.makeFIFO("fifo"))?.hasSuffix("is not a regular file") == true)
        #expect(directory.names == ["fifo"])
    }

    @Test func namesAFullDisk() {
        #expect(
            throws: ModelFileError(
                path: "/dev/full",
                code: .unwritable,
                reason: "cannot write: No space left on device"
            )
        ) {
            let sink = try FileSink(existing: "/dev/full")
            try sink.write([1])
        }
    }
}
