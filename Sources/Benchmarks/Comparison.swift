package import StrictJSON

/// Two reports, measure by measure.
package struct Comparison: Sendable {
    /// What two reports say of one measure.
    package struct Change: Equatable, Sendable {
        package let key: Measure.Key
        package let before: Double
        package let now: Double
        /// Of the medians, now over before.
        package let ratio: Double
        /// The least and the greatest ratio of a round now to a round before.
        package let lowestRatio: Double
        package let highestRatio: Double

        /// Rounds of the one of the two that has fewer.
        package let rounds: Int

        /// What the change is, where not a single pair of rounds says otherwise.
        package var verdict: String {
            guard rounds > 1 else { return "one round" }
            guard lowestRatio > 1 || highestRatio < 1 else { return "within the spread" }
            return (highestRatio < 1) == key.quantity.isBetterLower ? "better" : "worse"
        }
    }

    /// Something that is not the same for both, so that ratios are not of the program alone.
    package struct Difference: Equatable, Sendable {
        package let name: String
        package let before: String
        package let now: String
    }

    package let changes: [Change]
    /// What other work on the machine makes doubtful.
    package let warnings: [String]
    package let differences: [Difference]
    /// Measures that only one of the two has.
    package let unmatchedCount: Int

    package init(before: BenchmarkReport, now: BenchmarkReport) {
        let earlier = Dictionary(before.measures.map { ($0.key, $0) }) { first, _ in first }
        changes = now.measures.compactMap { measure in
            earlier[measure.key].map { earlier in
                Change(
                    key: measure.key,
                    before: earlier.value,
                    now: measure.value,
                    ratio: measure.value / earlier.value,
                    lowestRatio: measure.lowest / earlier.highest,
                    highestRatio: measure.highest / earlier.lowest,
                    rounds: min(measure.rounds.count, earlier.rounds.count)
                )
            }
        }
        warnings = [("Before", before), ("Now", now)].compactMap { name, report in
            report.environment.disturbance.map { "\(name) \($0)" }
        }
        unmatchedCount = before.measures.count + now.measures.count - 2 * changes.count
        differences = zip(before.identifyingFacts, now.identifyingFacts).compactMap { before, now in
            before.1 == now.1 ? nil : Difference(name: before.0, before: before.1, now: now.1)
        }
    }

    package var json: JSONObject {
        [
            "differences": .array(
                differences.map {
                    .object(["name": .string($0.name), "before": .string($0.before), "now": .string($0.now)])
                }
            ),
            "warnings": .array(warnings.map { .string($0) }),
            "changes": .array(
                changes.map { change in
                    .object([
                        "section": .string(change.key.section.rawValue),
                        "subject": .string(change.key.subject),
                        "quantity": .string(change.key.quantity.rawValue),
                        "before": .number(significant(change.before)),
                        "now": .number(significant(change.now)),
                        "ratio": .number(significant(change.ratio)),
                        "lowest_ratio": .number(significant(change.lowestRatio)),
                        "highest_ratio": .number(significant(change.highestRatio)),
                        "verdict": .string(change.verdict),
                    ])
                }
            ),
            "unmatched": JSONValue(unmatchedCount),
        ]
    }
}

extension BenchmarkReport {
    /// What must be the same for two reports to be comparable, and the version, which mostly is what is compared.
    fileprivate var identifyingFacts: [(String, String)] {
        [
            ("version", environment.version),
            ("processor", environment.processor),
            ("usable cores", String(environment.usableCores)),
            ("kernel", environment.kernel),
            ("instruction set", environment.instructionSet),
            ("OpenBLAS core", environment.openBLASCore.isEmpty ? "none" : environment.openBLASCore),
            ("model", "\(environment.model) \(environment.identity)"),
            ("backend", environment.backend),
            ("GPU", environment.device.map { "\($0.name), \($0.driver)" } ?? "none"),
            ("queries", "\(parameters.querySource), sha256:\(parameters.queryDigest)"),
        ]
    }
}
