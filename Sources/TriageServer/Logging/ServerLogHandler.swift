public import Logging
import StrictJSON
import Synchronization

/// Writes each event as one line, in JSON or as `key=value` pairs.
public struct ServerLogHandler: LogHandler {
    /// How lines look.
    public enum Format: String, Sendable, CaseIterable {
        /// `time=… level=warning message="the model failed" request=…`
        case text
        /// One JSON object a line.
        case json
    }

    /// The least level that is written.
    public var logLevel: Logger.Level
    /// Beside what an event brings.
    public var metadata: Logger.Metadata = [:]
    private let format: Format
    private let write: @Sendable (String) -> Void

    /// `write` gets lines that end in a line break, from many threads at once.
    public init(format: Format, level: Logger.Level, write: @escaping @Sendable (String) -> Void) {
        self.format = format
        logLevel = level
        self.write = write
    }

    /// A value of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes an event.
    public func log(event: LogEvent) {
        var pairs = [("time", LogTime.now()), ("level", event.level.rawValue), ("message", "\(event.message)")]
        let all = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        pairs += all.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
        if let error = event.error { pairs.append(("error", "\(error)")) }
        write(line(pairs))
    }

    private func line(_ pairs: [(String, String)]) -> String {
        switch format {
        case .json:
            var json = JSONStream(capacity: 256)
            json.object { json in
                for (key, value) in pairs {
                    json.key(key)
                    json.string(value)
                }
            }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        case .text: return pairs.map { "\($0.0)=\(Self.quoted($0.1))" }.joined(separator: " ") + "\n"
        }
    }

    /// In quotes, as JSON has it, where the value could be taken for more than one.
    private static func quoted(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
        }
        return isPlain && !value.isEmpty ? value : JSONValue.string(value).text()
    }
}
