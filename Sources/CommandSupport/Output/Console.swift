/// What people read on standard error while a command runs: messages of one line each, and the progress of a long run.
package struct Console {
    private let descriptor: Descriptor
    private let showsProgress: Bool
    private var progress: Progress?
    private var isProgressShown = false

    /// Progress is shown on a terminal that the results do not go to as well.
    package init(_ descriptor: Descriptor = .standardError, output: Descriptor = .standardOutput) {
        self.descriptor = descriptor
        showsProgress = descriptor.isTerminal && !output.isTerminal
    }

    /// Writes a message of one line.
    package mutating func report(_ message: String) {
        clear()
        // Where standard error cannot be written there is nobody left to tell.
        try? descriptor.write(Array("\(visible(message))\n".utf8))
    }

    mutating func begin(totalBytes: Int?) {
        guard showsProgress else { return }
        progress = Progress(totalBytes: totalBytes)
    }

    mutating func update(queries: Int, bytes: Int) {
        let columns = descriptor.columns ?? 80
        guard let line = progress?.line(queries: queries, bytes: bytes, columns: columns) else { return }
        clear()
        try? descriptor.write(Array(line.utf8))
        isProgressShown = true
    }

    mutating func end() {
        clear()
        progress = nil
    }

    private mutating func clear() {
        guard isProgressShown else { return }
        try? descriptor.write(Array("\r\u{1B}[K".utf8))
        isProgressShown = false
    }
}
