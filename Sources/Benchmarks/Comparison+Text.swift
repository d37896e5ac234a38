import CommandSupport

extension Comparison {
    /// For people.
    package var text: String { notes.map { visible($0) + "\n" }.joined() + (changes.isEmpty ? "" : table.text) }

    package var markdown: String {
        notes.map { "\(visible($0))\n\n" }.joined() + (changes.isEmpty ? "" : table.markdown)
    }

    /// One line a measure that both reports have.
    package var csv: String {
        let heads = [
            "section", "subject", "quantity", "unit", "before", "now", "ratio", "lowest_ratio", "highest_ratio",
            "verdict",
        ]
        return csvLine(heads)
            + changes.map { change in
                let key = change.key
                let figures = [change.before, change.now, change.ratio, change.lowestRatio, change.highestRatio]
                return csvLine(
                    [key.section.rawValue, key.subject, key.quantity.rawValue, key.quantity.unit]
                        + figures.map { significant($0).description } + [change.verdict]
                )
            }.joined()
    }

    /// What a reader must know before the ratios.
    package var notes: [String] {
        differences.map { "NOT THE SAME \($0.name): before \($0.before), now \($0.now)" }
            + warnings
            + (changes.isEmpty ? ["The two reports have no measure in common."] : [])
            + (unmatchedCount > 0 && !changes.isEmpty
                ? ["\(unmatchedCount) measures that only one of the two has are left out."] : [])
    }

    private var table: Table {
        Table(
            title: "Compared: ratios of medians, now over before, and the lowest and highest ratio of any two rounds",
            heads: ["", "unit", "before", "now", "ratio", "spread", ""],
            rows: changes.map { change in
                let key = change.key
                let quantity = key.quantity.title == key.quantity.unit ? "" : " \(key.quantity.rawValue)"
                return [
                    "\(key.section.rawValue): \(key.subject)\(quantity)", key.quantity.unit, figure(change.before),
                    figure(change.now), figure(change.ratio),
                    "\(figure(change.lowestRatio)) … \(figure(change.highestRatio))", change.verdict,
                ]
            }
        )
    }
}
