package import TriageModel

/// What the thresholds of a model are chosen for.
package enum DecisionTarget: Sendable, Equatable {
    /// At most this share of the decisions is wrong.
    case maximumError(Double)
    /// At least this share of the texts is decided.
    case coverage(Double)
}

/// The threshold on confidence that keeps a target, chosen on held-out texts.
///
/// The error rate is promised with a certainty over the choice of the held-out texts (selection with guaranteed risk, Geifman
/// and El-Yaniv, arXiv:1705.08500): of a fixed number of candidate thresholds the one that decides most is taken whose
/// exact upper bound of the error rate, its risk shared among the candidates, is below the target. It holds for texts drawn
/// as the held-out ones were, and for no others.
package struct ThresholdChoice: Sendable {
    package let threshold: Float
    package let promise: DecisionSettings.Promise
    /// Whether the target is kept.
    package let isKept: Bool

    /// The probability with which a promise holds.
    package static let certainty = 0.9
    private static let candidates = 50

    /// `confidences` and whether each decision would be right, of the held-out texts that are not turned away as strange;
    /// `rows` counts all of them. Where `sources` says where each text comes from, an error rate is also kept on average over
    /// the sources, each counting alike: what comes next is rarely the mixture that was held out.
    package init(confidences: [Float], right: [Bool], sources: [String?] = [], rows: Int, target: DecisionTarget) {
        let order = confidences.indices.sorted { confidences[$0] > confidences[$1] }
        var wrongUpTo = [0]
        for index in order { wrongUpTo.append((wrongUpTo.last ?? 0) + (right[index] ? 0 : 1)) }
        /// Ties are decided alike, so what is decided ends where the confidence changes.
        func withTies(_ count: Int) -> Int {
            var count = count
            while count > 0, count < order.count, confidences[order[count]] == confidences[order[count - 1]] {
                count += 1
            }
            return count
        }
        let counts = (1...Self.candidates).map { withTies(order.count * $0 / Self.candidates) }
        let risk = (1 - Self.certainty) / Double(Self.candidates)
        func bound(_ count: Int) -> Double { upperBound(wrong: wrongUpTo[count], of: count, risk: risk) }
        let count: Int
        switch target {
        case .maximumError(let maximum):
            let rates = counts.filter { $0 > 0 }.map { count in
                let average = Self.averageError(over: sources, right, of: order.prefix(count))
                return (count: count, rate: max(bound(count), average))
            }
            let kept = rates.last { $0.rate <= maximum }
            isKept = kept != nil
            // What cannot be promised is not pretended: then the lowest rate that can be.
            let chosen = kept ?? rates.min { $0.rate < $1.rate }
            count = chosen?.count ?? 0
            let promised = kept == nil ? chosen?.rate ?? 1 : maximum
            promise = Self.promise(promised, certainty: Self.certainty, wrongUpTo, count, rows)
        case .coverage(let share):
            let wanted = Int((share * Double(rows)).rounded(.up))
            count = withTies(min(wanted, order.count))
            isKept = wanted <= order.count
            let rate = upperBound(wrong: wrongUpTo[count], of: count, risk: 1 - Self.certainty)
            promise = Self.promise(count > 0 ? rate : 1, certainty: Self.certainty, wrongUpTo, count, rows)
        }
        threshold = count > 0 ? confidences[order[count - 1]] : 1
    }

    /// Of fewer texts a share says next to nothing; sources with fewer are left to the bound over all.
    private static let leastOfSource = 30

    /// The mean over the sources of the share of these decisions that are wrong; 0 where there are no sources.
    private static func averageError(over sources: [String?], _ right: [Bool], of decided: ArraySlice<Int>) -> Double {
        guard !sources.isEmpty else { return 0 }
        let sizes = Dictionary(sources.map { ($0, 1) }, uniquingKeysWith: +)
        var counts: [String?: (wrong: Int, all: Int)] = [:]
        for index in decided where sizes[sources[index], default: 0] >= leastOfSource {
            counts[sources[index], default: (0, 0)].all += 1
            if !right[index] { counts[sources[index], default: (0, 0)].wrong += 1 }
        }
        return counts.values.reduce(0) { $0 + Double($1.wrong) / Double(max(1, $1.all)) } / Double(max(1, counts.count))
    }

    private static func promise(
        _ rate: Double,
        certainty: Double,
        _ wrongUpTo: [Int],
        _ count: Int,
        _ rows: Int
    ) -> DecisionSettings.Promise {
        DecisionSettings.Promise(
            maximumError: rate,
            certainty: certainty,
            coverage: Double(count) / Double(max(1, rows)),
            rows: rows,
            decided: count,
            wrong: wrongUpTo[count]
        )
    }
}
