import CommandSupport

/// Labelled data fit to train with, and what was found in it. Time is nearly linear in the data.
package struct DataCheck: Sendable {
    /// Without empty texts and without the repetitions of a text under its label; where a text has several labels all its
    /// rows are kept.
    package private(set) var data: LabelledData
    /// In the order errors, warnings, notes.
    package private(set) var findings: [DataFinding] = []

    package var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// How many places a message names.
    private static let namedCount = 5
    /// Fewer texts cannot be divided into those to fit and those to calibrate with.
    private static let leastTexts = 2
    private static let fewTexts = 5
    private static let largestImbalance = 50

    package init(_ data: LabelledData) {
        self.data = data
        checkRoutes()
        dropEmptyTexts()
        dropRepetitions()
        checkOutOfScope()
        checkCounts()
        findings = [.error, .warning, .note].flatMap { severity in findings.filter { $0.severity == severity } }
    }

    private mutating func dropEmptyTexts() {
        let isEmpty = data.texts.map { !$0.text.unicodeScalars.contains { !$0.properties.isWhitespace } }
        let empty = zip(data.texts, isEmpty).filter(\.1).map(\.0.row)
        guard !empty.isEmpty else { return }
        data.texts = zip(data.texts, isEmpty).filter { !$0.1 }.map(\.0)
        add(.warning, "\(counted(empty.count, "text")) empty: \(rows(empty))", "left out; fill or remove them")
    }

    private mutating func dropRepetitions() {
        // Of each normalised text the positions of its rows; in the order of the first.
        var groups: [[Int]] = []
        var positions: [String: Int] = [:]
        for (index, text) in data.texts.enumerated() {
            let key = normalizedText(text.text)
            if let group = positions[key] {
                groups[group].append(index)
            } else {
                positions[key] = groups.count
                groups.append([index])
            }
        }
        var isDropped = [Bool](repeating: false, count: data.texts.count)
        var repeated: [[Int]] = []
        var contradictory: [[Int]] = []
        for group in groups where group.count > 1 {
            if group.allSatisfy({ data.texts[$0].label == data.texts[group[0]].label }) {
                repeated.append(group)
                for index in group.dropFirst() { isDropped[index] = true }
            } else {
                contradictory.append(group)
            }
        }
        if !repeated.isEmpty {
            let list = list(repeated) { group in "\(quoted(data.texts[group[0]].text)) (\(rows(of: group)))" }
            let message =
                "\(counted(repeated.count, "text")) repeated, but for case, spaces and final punctuation: \(list)"
            add(.warning, message, "the first of each is kept; remove the others")
        }
        if !contradictory.isEmpty {
            let list = list(contradictory) { group in
                "\(quoted(data.texts[group[0]].text)) as \(labels(of: group)) (\(rows(of: group)))"
            }
            let message = "\(counted(contradictory.count, "text")) under more than one label: \(list)"
            add(.warning, message, "all are kept; decide on one label for each")
        }
        data.texts = zip(data.texts, isDropped).filter { !$0.1 }.map(\.0)
    }

    private mutating func checkOutOfScope() {
        guard let label = data.outOfScopeLabel else {
            let found = data.labels.map(\.name).filter(LabelledData.outOfScopeNames.contains)
            guard found.count > 1 else { return }
            let message = "labels \(list(found, quoted)) are all spelled as texts out of scope"
            return add(.error, message, "give them one label, or say which it is")
        }
        let count = data.texts.count(where: data.isOutOfScope)
        if count > 0 {
            // Whoever listed them as such in a routes file knows.
            guard data.rowUnit == .line else { return }
            let message =
                "label \(quoted(label)) is taken as out of scope, with \(count) \(count == 1 ? "text" : "texts")"
            add(.note, message, "rename it where it is a label like the others")
        } else {
            add(
                .warning,
                "no text has label \(quoted(label)), said to be out of scope",
                "correct the label or add texts"
            )
        }
    }

    private mutating func checkCounts() {
        var counts: [String: Int] = [:]
        for text in data.texts { counts[text.label, default: 0] += 1 }
        let labels = data.labels.map { (name: $0.name, count: counts[$0.name] ?? 0) }
        guard labels.count > 1 else {
            let message = labels.first.map { "\(quoted($0.name)) is the only label" } ?? "no text with a label"
            return add(.error, message, "add texts of at least two labels")
        }
        func listed(_ few: [(name: String, count: Int)]) -> String {
            list(few) { "\(quoted($0.name)) (\($0.count))" }
        }
        let tooFew = labels.filter { $0.count < Self.leastTexts }
        if !tooFew.isEmpty {
            let message =
                "\(counted(tooFew.count, "label")) with fewer than \(Self.leastTexts) texts: \(listed(tooFew))"
            add(.error, message, "add texts or remove the label")
        }
        let few = labels.filter { $0.count >= Self.leastTexts && $0.count < Self.fewTexts }
        if !few.isEmpty {
            let message = "\(counted(few.count, "label")) with fewer than \(Self.fewTexts) texts: \(listed(few))"
            add(.warning, message, "add texts: decisions for these will be unreliable")
        }
        if let most = labels.max(by: { $0.count < $1.count }),
            let least = labels.filter({ $0.count > 0 }).min(by: { $0.count < $1.count }),
            most.count > Self.largestImbalance * least.count
        {
            let message = "label \(quoted(most.name)) has \(most.count) texts, \(quoted(least.name)) has \(least.count)"
            add(
                .warning,
                message,
                "add texts of the rare labels: more than \(Self.largestImbalance) to 1 is unbalanced"
            )
        }
    }

    private mutating func checkRoutes() {
        // Of each label its first text with a route, and the first with another.
        var routed: [String: LabelledText] = [:]
        var conflicts: [String: LabelledText] = [:]
        for text in data.texts where text.route != nil {
            if let first = routed[text.label] {
                if first.route != text.route, conflicts[text.label] == nil { conflicts[text.label] = text }
            } else {
                routed[text.label] = text
            }
        }
        let several = data.labels.filter { conflicts[$0.name] != nil }
        if !several.isEmpty {
            let list = list(several) { label in
                let both = [routed[label.name], conflicts[label.name]].compactMap(\.self)
                let places = both.map { "\(quoted($0.route ?? "")) in \(rows([$0.row]))" }
                return "\(quoted(label.name)) (\(places.joined(separator: ", ")))"
            }
            add(.error, "\(counted(several.count, "label")) with two routes: \(list)", "give each label one route")
        }
        let unrouted = data.labels.filter { $0.route == nil }
        if !unrouted.isEmpty, unrouted.count < data.labels.count {
            let message = "\(counted(unrouted.count, "label")) without route, while others have one: "
            add(.error, message + list(unrouted) { quoted($0.name) }, "give all labels a route, or none")
        }
    }

    private mutating func add(_ severity: DataFinding.Severity, _ message: String, _ advice: String) {
        findings.append(DataFinding(severity: severity, message: message, advice: advice))
    }

    private func list<Element>(_ elements: [Element], _ name: (Element) -> String) -> String {
        let named = elements.prefix(Self.namedCount).map(name).joined(separator: ", ")
        return elements.count > Self.namedCount ? "\(named) and \(elements.count - Self.namedCount) more" : named
    }

    private func rows(_ rows: [Int]) -> String {
        "\(data.rowUnit.rawValue)\(rows.count == 1 ? "" : "s") \(list(rows, \.description))"
    }

    private func rows(of group: [Int]) -> String { rows(group.map { data.texts[$0].row }) }

    private func labels(of group: [Int]) -> String {
        var seen: Set<String> = []
        return list(group.map { data.texts[$0].label }.filter { seen.insert($0).inserted }, quoted)
    }
}

private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// In quotes, on one line and not long.
private func quoted(_ text: String) -> String {
    "“\(fitted(visible(String(text.unicodeScalars.prefix(80))), columns: 60))”"
}
