internal import CArguments
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
    return argument(0).flatMap { $0.contains("/") ? $0 : nil }
}

package func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// An argument that is not UTF-8, at its position among the arguments.
package struct InvalidArgument: Error, CustomStringConvertible {
    package let position: Int

    package var description: String { "argument \(position) is not valid UTF-8" }
}

/// The arguments of this process after its name. `CommandLine.arguments` repairs those that are not UTF-8 in silence,
/// and then the decision would be about another text.
package func arguments() throws(InvalidArgument) -> [String] {
    var arguments: [String] = []
    for position in 1..<max(1, Int(triage_argument_count())) {
        guard let argument = argument(position) else { throw InvalidArgument(position: position) }
        arguments.append(argument)
    }
    return arguments
}

private func argument(_ position: Int) -> String? {
    guard let argument = unsafe triage_argument(Int32(position)) else { return nil }
    return unsafe String(validatingCString: argument)
}

/// Occupies the standard descriptors that whoever started this process had closed, so that no file opened later is
/// taken for one of them. Reading or writing them still fails.
package func occupyStandardDescriptors() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
        _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}
