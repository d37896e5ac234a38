import Yams

/// Takes values out of the tree of a YAML file, noting every place that is not as it must be.
package struct YAMLReader {
    /// What was noted so far.
    package private(set) var defects = FileDefects()

    private let isSecret: Bool

    /// Where the file is secret no text of it is quoted: places alone say what is meant.
    package init(isSecret: Bool = false) { self.isSecret = isSecret }

    /// Notes that the node is not as it must be.
    package mutating func reject(_ node: YAMLNode, _ reason: @autoclosure () -> String) {
        defects.add(line: node.line, column: node.column, reason())
    }

    /// The values of a mapping by their keys; nil where it is none. Notes keys other than `keys`, and which of `required`
    /// are missing.
    package mutating func mapping(
        _ node: YAMLNode,
        _ place: String,
        keys: [String],
        required: [String] = []
    ) -> [String: YAMLNode]? {
        let expected = keys.isEmpty ? "no keys" : keys.joined(separator: ", ")
        guard let mapping = node.node.mapping, !node.isTagged else {
            reject(node, "\(place) is \(node.kind), expected a mapping with \(expected)")
            return nil
        }
        var values: [String: YAMLNode] = [:]
        for (keyNode, value) in mapping {
            let key = YAMLNode(keyNode)
            if let name = keyNode.scalar?.string, keys.contains(name) {
                values[name] = YAMLNode(value)
            } else if let name = keyNode.scalar?.string {
                let quotation = isSecret ? "" : " `\(name)`"
                reject(key, "unknown key\(quotation) in \(place)\(hint(name, keys))")
            } else {
                reject(key, "unknown key that is \(key.kind) in \(place); expected \(expected)")
            }
        }
        let missing = required.filter { values[$0] == nil }.map { "`\($0)`" }
        if !missing.isEmpty {
            reject(
                node,
                "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing in \(place)"
            )
        }
        return values
    }

    /// The keys and values of a mapping whose keys are names, in the order of the file; none where it is no mapping, or
    /// empty, which is noted as well.
    package mutating func entries(
        _ node: YAMLNode,
        _ place: String
    ) -> [(name: String, key: YAMLNode, value: YAMLNode)] {
        guard let mapping = node.node.mapping, !node.isTagged else {
            reject(node, "\(place) is \(node.kind), expected a mapping")
            return []
        }
        if mapping.isEmpty { reject(node, "\(place) is empty") }
        var entries: [(name: String, key: YAMLNode, value: YAMLNode)] = []
        for (keyNode, value) in mapping {
            let key = YAMLNode(keyNode)
            guard let name = keyNode.scalar?.string, !key.isTagged else {
                reject(key, "a key of \(place) is \(key.kind), expected a name")
                continue
            }
            entries.append((name, key, YAMLNode(value)))
        }
        return entries
    }

    /// The elements of a list; none where it is none.
    package mutating func sequence(_ node: YAMLNode, _ place: String) -> [YAMLNode] {
        guard let sequence = node.node.sequence, !node.isTagged else {
            reject(node, "\(place) is \(node.kind), expected a list")
            return []
        }
        return sequence.map(YAMLNode.init)
    }

    /// What a scalar says; nil where the node is none.
    package mutating func text(_ node: YAMLNode, _ place: String) -> String? {
        guard let scalar = node.node.scalar, !node.isNull, !node.isTagged else {
            reject(
                node,
                "\(place) is \(node.kind), expected a text (in quotes where YAML reads it as another)"
            )
            return nil
        }
        guard !scalar.string.utf8.contains(0) else {
            reject(node, "\(place) contains a NUL character")
            return nil
        }
        return scalar.string
    }

    /// A name; nil where the node is none.
    package mutating func name(_ node: YAMLNode, _ place: String, maximumBytes: Int = .max) -> String? {
        guard let name = text(node, place) else { return nil }
        if let defect = nameDefect(name, maximumBytes: maximumBytes) {
            reject(node, "\(place) \(defect)")
            return nil
        }
        return name
    }

    /// A number in decimal digits, not in quotes; nil where the node is none, or none of `range`.
    package mutating func number(_ node: YAMLNode, _ place: String, in range: ClosedRange<Double>) -> Double? {
        guard let digits = plain(node), digits.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
            let value = Double(digits), range.contains(value)
        else {
            reject(
                node,
                "\(place) must be a number from \(shortest(range.lowerBound)) to \(shortest(range.upperBound))"
            )
            return nil
        }
        return value
    }

    /// A whole number in decimal digits, not in quotes; nil where the node is none, or none of `range`.
    package mutating func integer(_ node: YAMLNode, _ place: String, in range: ClosedRange<Int>) -> Int? {
        guard let digits = plain(node), let value = Int(digits), range.contains(value) else {
            let isOne = range.count == 1
            let expected =
                isOne ? "\(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
            reject(node, "\(place) must be \(expected)")
            return nil
        }
        return value
    }
}

/// The key that was meant, else all there are.
private func hint(_ name: String, _ keys: [String]) -> String {
    let nearest = suggestion(for: name, among: keys)
    return nearest.isEmpty ? "; expected \(keys.isEmpty ? "no keys" : keys.joined(separator: ", "))" : nearest
}

private func plain(_ node: YAMLNode) -> String? {
    guard let scalar = node.node.scalar, scalar.style == .plain, !node.isTagged else { return nil }
    return scalar.string
}

/// Without a fraction where there is none.
private func shortest(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
}
