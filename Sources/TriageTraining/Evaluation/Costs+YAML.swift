import ModelFormat
import Yams

extension Costs {
    private static let byteLimit = 1 << 16
    /// Beyond it sums over rows lose cents.
    private static let greatest = 1e9

    /// Reads what routes and mistakes cost. Every route of the model must have a price and a latency, and every pair of
    /// routes the price of its mistake.
    /// - Throws: `EvaluationError` with the line, or `ModelFileError` where the file cannot be read.
    package init(file: String, routes: [String]) throws {
        let bytes = try FileBytes.read(file, limit: Self.byteLimit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EvaluationError("\(file): is not UTF-8")
        }
        do throws(EvaluationError) { try self.init(yaml: text, routes: routes) } catch {
            throw EvaluationError("\(file)\(error)")
        }
    }

    /// - Throws: `EvaluationError`, which begins with `:`, the line and `: `.
    init(yaml: String, routes: [String]) throws(EvaluationError) {
        guard !routes.isEmpty else { throw EvaluationError(": the model names no routes that could have a price") }
        let document = try Entries(Self.node(yaml), of: "the file", keys: ["routes", "mistakes"])
        let handling = try Entries(document.node("routes"), of: "\"routes\"", keys: routes)
        let mistakes = try Entries(document.node("mistakes"), of: "\"mistakes\"", keys: routes.count > 1 ? routes : [])
        self.routes = routes
        var prices: [Double] = [], latencies: [Double] = [], table: [[Double]] = []
        for route in routes {
            let entry = try Entries(handling.node(route), of: quoted(route), keys: ["price", "latency_ms"])
            prices.append(try entry.number("price"))
            latencies.append(try entry.number("latency_ms"))
            guard routes.count > 1 else { continue }
            let others = routes.filter { $0 != route }
            let row = try Entries(mistakes.node(route), of: "the mistakes of \(quoted(route))", keys: others)
            table.append(try routes.map { sent throws(EvaluationError) in sent == route ? 0 : try row.number(sent) })
        }
        (self.prices, self.latencies, self.mistakes) = (prices, latencies, table.isEmpty ? [[0]] : table)
    }

    private static func node(_ yaml: String) throws(EvaluationError) -> Node {
        // A few lines of aliases of aliases are a document of any size.
        for (index, line) in yaml.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.prefix(while: { $0 != "#" }).contains("*") {
            throw EvaluationError(":\(index + 1): holds a `*`; aliases are not read")
        }
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw EvaluationError(": holds nothing; \"routes\" and \"mistakes\" are needed")
            }
            return node
        } catch let error as EvaluationError {
            throw error
        } catch let error as YamlError {
            throw EvaluationError(describe(error))
        } catch {
            throw EvaluationError(": not YAML")
        }
    }

    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ":\(mark.line): not YAML: \(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            ":\(context.mark.line): \(keys.map(quoted).joined(separator: ", ")) is there twice"
        case .reader(let problem, _, _, _): ": not YAML: \(problem)"
        default: ": not YAML"
        }
    }

    /// A mapping with exactly the given keys.
    private struct Entries {
        let owner: String
        let line: Int
        var nodes: [String: Node] = [:]

        init(_ node: Node, of owner: String, keys: [String]) throws(EvaluationError) {
            self.owner = owner
            line = node.mark?.line ?? 1
            guard case .mapping(let mapping) = node else {
                throw EvaluationError(
                    ":\(line): \(owner) must be a mapping with \(keys.map(quoted).joined(separator: ", "))"
                )
            }
            for (key, value) in mapping {
                let place = key.mark?.line ?? line
                guard let name = key.scalar?.string, keys.contains(name) else {
                    let found = key.scalar.map { quoted($0.string) } ?? "a key that is no name"
                    let known = keys.map(quoted).joined(separator: ", ")
                    throw EvaluationError(
                        ":\(place): \(found) is unknown in \(owner); "
                            + (keys.isEmpty ? "there are no keys" : "the keys are \(known)")
                    )
                }
                nodes[name] = value
            }
            let missing = keys.filter { nodes[$0] == nil }
            guard missing.isEmpty else {
                throw EvaluationError(
                    ":\(line): \(missing.map(quoted).joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing in \(owner)"
                )
            }
        }

        func node(_ key: String) throws(EvaluationError) -> Node {
            guard let node = nodes[key] else {
                throw EvaluationError(":\(line): \(quoted(key)) is missing in \(owner)")
            }
            return node
        }

        func number(_ key: String) throws(EvaluationError) -> Double {
            let node = try node(key)
            guard let scalar = node.scalar, scalar.style == .plain, let value = Double(scalar.string),
                scalar.string.allSatisfy({ "0123456789+-.eE".contains($0) }), (0...greatest).contains(value)
            else {
                throw EvaluationError(
                    ":\(node.mark?.line ?? line): \(quoted(key)) of \(owner) must be a number from 0 to \(Int(greatest))"
                )
            }
            return value
        }
    }
}

private func quoted(_ name: String) -> String { String(name.prefix(80)).debugDescription }
