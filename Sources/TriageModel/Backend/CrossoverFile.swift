import ModelFormat
import StrictJSON

/// Where a crossover outlives the process. One file for each model, arithmetic and instruction set of the CPU, and device as it
/// is asked for: what is known without asking Vulkan. Which device was measured is in the file.
///
/// The file is a convenience: what cannot be read is measured again, and what cannot be written is lost. Safe from several
/// processes: the last one wins.
struct CrossoverFile: Sendable {
    private static let version = 1
    private static let byteLimit = 1 << 16
    private static let threadLimit = 1 << 16

    let path: String
    private let directory: String
    private let model: String
    private let cpu: String

    /// `model`: its identity. `cpu`: the name of the CPU's backend. `choice`: how the user names the device.
    init(directory: String, model: String, cpu: String, choice: String?) {
        let key = [model, cpu, choice ?? ""].map { "\($0.utf8.count) \($0)\n" }.joined()
        self.directory = directory
        path = "\(directory)/crossover-\(sha256(of: Array(key.utf8)).prefix(32)).json"
        self.model = model
        self.cpu = cpu
    }

    /// Nil where there is none, or none that this version has written for this model and CPU.
    func read() -> Crossover? {
        guard let bytes = try? FileBytes.read(path, limit: Self.byteLimit),
            let object = try? JSONParser.parse(bytes).object,
            object.members.map(\.key) == ["version", "model", "cpu", "device", "thresholds"],
            object["version"]?.integer == Self.version, object["model"]?.string == model, object["cpu"]?.string == cpu,
            let device = object["device"]?.string, let rows = object["thresholds"]?.array
        else { return nil }
        var crossover = Crossover(device: device)
        for row in rows {
            guard let row = row.object, row.members.map(\.key) == ["threads", "first", "whole"],
                let threads = row["threads"]?.integer, (1...Self.threadLimit).contains(threads),
                let first = Self.threshold(row["first"]), let whole = Self.threshold(row["whole"]),
                crossover.thresholds.updateValue(.init(first: first, whole: whole), forKey: threads) == nil
            else { return nil }
        }
        return crossover
    }

    /// `.some(nil)` for null; nil for what is no threshold.
    private static func threshold(_ value: JSONValue?) -> Int?? {
        if value == .null { return .some(nil) }
        guard let tokens = value?.integer, CrossoverMeasurement.sizes.contains(tokens) else { return nil }
        return tokens
    }

    func write(_ crossover: Crossover) {
        func value(_ threshold: Int?) -> JSONValue { threshold.map { JSONValue($0) } ?? .null }
        let rows = crossover.thresholds.sorted { $0.key < $1.key }.map { threads, thresholds in
            JSONValue.object([
                "threads": JSONValue(threads), "first": value(thresholds.first), "whole": value(thresholds.whole),
            ])
        }
        let object: JSONObject = [
            "version": JSONValue(Self.version), "model": .string(model), "cpu": .string(cpu),
            "device": .string(crossover.device), "thresholds": .array(rows),
        ]
        try? Directory.create(directory)
        try? AtomicFile.write(Array((JSONValue.object(object).text(pretty: true) + "\n").utf8), to: path)
    }
}
