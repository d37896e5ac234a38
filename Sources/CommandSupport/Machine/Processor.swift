import Parallelism

/// What the processor calls itself; nil where the system does not say.
package func processorName() -> String? {
    let line = smallFile("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0 == " " }) }
}
