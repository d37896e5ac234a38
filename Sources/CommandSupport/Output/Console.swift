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

    /// Shows, on a terminal, what is being done and what share of the whole is done, until the next call or `end`.
    package mutating func show(_ activity: String, share: Double) {
        guard descriptor.isTerminal else { return }
        clear()
        let line = fitted("\(bar(share, width: 24)) \(percent(share))  \(visible(activity))", columns: columns - 1)
        try? descriptor.write(Array(line.utf8))
        isProgressShown = true
    }

    private var columns: Int { descriptor.columns ?? 80 }

    mutating func begin(totalBytes: Int?) {
        guard showsProgress else { return }
        progress = Progress(totalBytes: totalBytes)
    }

    mutating func update(queries: Int, bytes: Int) {
        let columns = columns
        guard let line = progress?.line(queries: queries, bytes: bytes, columns: columns) else { return }
        clear()
        try? descriptor.write(Array(line.utf8))
        isProgressShown = true
    }

    /// Takes the progress off the terminal.
    package mutating func end() {
        clear()
        progress = nil
    }

    private mutating func clear() {
        guard isProgressShown else { return }
        try? descriptor.write(Array("\r\u{1B}[K".utf8))
        isProgressShown = false
    }
}
