package import Tensors

/// Where the content of a file that is being written goes, in order. Its errors name the file that will result.
package struct FileSink: ~Copyable {
    private let descriptor: FileDescriptor
    private let path: String

    init(creating temporary: String, for path: String) throws(ModelFileError) {
        self.path = path
        do throws(SystemError) {
            descriptor = try FileDescriptor.creating(temporary)
        } catch {
            throw Self.failure(path, "create a file in its directory", error)
        }
    }

    /// A sink into an existing file of any kind.
    init(existing path: String) throws(ModelFileError) {
        self.path = path
        do throws(SystemError) {
            descriptor = try FileDescriptor.writing(path)
        } catch {
            throw Self.failure(path, "open the file", error)
        }
    }

    package func write(_ bytes: [UInt8]) throws(ModelFileError) {
        do throws(SystemError) { try descriptor.write(bytes) } catch { throw Self.failure(path, "write", error) }
    }

    /// Writes the elements of a tensor, row-major and little-endian.
    package func write(_ tensor: Tensor) throws(ModelFileError) {
        do throws(SystemError) { try descriptor.write(tensor) } catch { throw Self.failure(path, "write", error) }
    }

    func finish() throws(ModelFileError) {
        do throws(SystemError) { try descriptor.synchronize() } catch { throw Self.failure(path, "synchronise", error) }
    }

    static func attempt(
        _ path: String,
        _ action: String,
        _ body: () throws(SystemError) -> Void
    ) throws(ModelFileError) {
        do throws(SystemError) { try body() } catch { throw failure(path, action, error) }
    }

    private static func failure(_ path: String, _ action: String, _ error: SystemError) -> ModelFileError {
        ModelFileError(path: path, code: .unwritable, reason: "cannot \(action): \(error.message)")
    }
}
