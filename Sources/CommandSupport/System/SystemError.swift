/// A system call that failed: on which file, and what the system says of it.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let file: String
    /// The value of `errno`.
    package let code: Int32

    package init(file: String, code: Int32) {
        self.file = file
        self.code = code
    }

    package var description: String { "\(file): \(systemMessage(code))" }
}
