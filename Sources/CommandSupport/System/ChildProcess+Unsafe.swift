import Glibc

/// How a process ended and what it used.
package struct ChildUsage: Sendable {
    /// The exit status; negative, the number of the signal that ended it.
    package let status: Int32
    /// From before its start to after its end.
    package let duration: Duration
    /// The most memory resident at a time, in bytes. The system counts in what the parent had resident at the start, so
    /// that only a small parent learns what the child itself needed.
    package let peakBytes: Int
}

/// Runs a program to its end. Its input and standard error are ours; its output, which must fit a pipe (64 KiB), is
/// discarded.
package func runChild(_ program: String, _ arguments: [String]) throws(SystemError) -> ChildUsage {
    // Not /dev/null, which an empty root lacks.
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw SystemError(file: "pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { for end in ends { _ = close(end) } }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }

    let start = ContinuousClock.now
    var child = pid_t()
    let code = unsafe posix_spawn(&child, program, &actions, nil, words, environ)
    guard code == 0 else { throw SystemError(file: program, code: code) }
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(child, &status, 0, &usage) < 0 {
        guard errno == EINTR else { throw SystemError(file: program, code: errno) }
    }
    let signal = status & 0x7F
    return ChildUsage(
        status: signal == 0 ? status >> 8 & 0xFF : -signal,
        duration: ContinuousClock.now - start,
        peakBytes: usage.ru_maxrss * 1024
    )
}

/// The most memory that this process has had resident at a time, in bytes.
package func peakResidentBytes() -> Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
}
