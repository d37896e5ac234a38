import Glibc

/// The value of an environment variable; nil also where it is empty.
package func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// The path of the running program, links resolved; without `/proc`, the path it was started by.
package func executablePath() -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
        guard let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress else { return 0 }
        return unsafe readlink("/proc/self/exe", start, buffer.count)
    }
    if count > 0 { return String(decoding: buffer[..<count], as: UTF8.self) }
    return CommandLine.arguments.first.flatMap { $0.contains("/") ? $0 : nil }
}

package func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// The position of the first argument that is not UTF-8. `CommandLine.arguments` repairs such arguments in silence, and
/// then the decision would be about another text.
package func firstInvalidArgument() -> Int? {
    for index in 1..<max(1, Int(CommandLine.argc)) {
        if let argument = unsafe CommandLine.unsafeArgv[index], unsafe String(validatingCString: argument) == nil {
            return index
        }
    }
    return nil
}

/// The processors that are switched on.
package func onlineProcessors() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// Occupies the standard descriptors that whoever started this process had closed, so that no file opened later is
/// taken for one of them. Reading or writing them still fails.
package func occupyStandardDescriptors() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
        _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}
