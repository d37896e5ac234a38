import CommandSupport
import StrictJSON

extension BenchmarkReport {
    /// Many times what the largest benchmark writes.
    private static let maximumBytes = 1 << 24

    /// Reads what `triage bench --json` wrote to a file.
    package init(file path: String) throws {
        let file = try Descriptor(reading: path)
        defer { file.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        reading: while true {
            switch try file.read(into: &buffer, mayWait: true, interruption: nil) {
            case .bytes(let count): bytes += buffer[..<count]
            case .end, .wouldWait, .interrupted: break reading
            }
            guard bytes.count <= Self.maximumBytes else {
                throw BenchmarkError("\(path): longer than \(Self.maximumBytes) bytes, so not a report of triage bench")
            }
        }
        let json: JSONValue
        do throws(JSONError) { json = try JSONParser.parse(bytes) } catch {
            throw BenchmarkError("\(path): not JSON: \(error)")
        }
        do throws(BenchmarkError) { self = try BenchmarkReport(json: json) } catch {
            throw BenchmarkError("\(path): not a report of triage bench --json: \(error)")
        }
    }
}
