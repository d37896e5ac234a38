import CommandSupport

/// A figure to six decimals without idle zeros: `0.915`.
func decimal(_ value: Double) -> String {
    guard value.magnitude < 1e9 else { return value.description }
    let scaled = Int((value.magnitude * 1_000_000).rounded())
    var digits = String(scaled % 1_000_000)
    digits = String(repeating: "0", count: 6 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / 1_000_000)" + (digits.isEmpty ? "" : ".\(digits)")
}

/// A figure as people read it.
enum NumberStyle {
    /// `91.5 %`
    case share
    /// `0.861`
    case score
    /// `0.0123`, `4.20`, `1,234`: an amount.
    case amount

    func text(_ value: Double) -> String {
        switch self {
        case .share: percent(value)
        case .score: figure(thousandths(value))
        case .amount: figure(thousandths(value))
        }
    }

    func text(_ figure: Figure) -> String { figure.value.map { text($0) } ?? "–" }

    func interval(_ figure: Figure) -> String {
        figure.interval.map { "\(text($0.lowerBound)) to \(text($0.upperBound))" } ?? ""
    }

    /// With its sign; shares in points of a hundredth.
    func difference(_ value: Double) -> String {
        let size = figure(thousandths(self == .share ? value.magnitude * 100 : value.magnitude))
        return (value > 0 ? "+" : value < 0 ? "−" : "±") + size
    }

    func difference(_ figure: Figure) -> String { figure.value.map { difference($0) } ?? "–" }

    func differenceInterval(_ figure: Figure) -> String {
        figure.interval.map { "\(difference($0.lowerBound)) to \(difference($0.upperBound))" } ?? ""
    }
}

extension KeyFigure {
    var title: String {
        switch self {
        case .accuracy: "accuracy"
        case .macroF1: "macro-F1"
        case .calibrationError: "calibration error (ECE)"
        case .outOfScopeArea: "out of scope found (AUROC)"
        case .coverage: "coverage"
        case .answeredError: "error among the answered"
        }
    }

    var style: NumberStyle {
        switch self {
        case .accuracy, .coverage, .answeredError: .share
        case .macroF1, .calibrationError, .outOfScopeArea: .score
        }
    }

    /// Whether more of it is better; coverage is for the user to judge.
    var isBetterHigher: Bool? {
        switch self {
        case .accuracy, .macroF1, .outOfScopeArea: true
        case .calibrationError, .answeredError: false
        case .coverage: nil
        }
    }
}

extension Prediction.Outcome {
    /// As `triage classify --json` calls it.
    var name: String {
        switch self {
        case .classified: "classified"
        case .abstainedAmbiguous, .abstainedOutOfScope: "abstained"
        case .unavailable: "unavailable"
        }
    }

    /// Why it is so, without the labels and the example that a decision's reason names.
    var reason: String {
        switch self {
        case .classified: "confident"
        case .abstainedAmbiguous: "ambiguous"
        case .abstainedOutOfScope: "unlike anything in training"
        case .unavailable: "nothing to read"
        }
    }

    var title: String {
        switch self {
        case .classified: "decided"
        case .abstainedAmbiguous: "abstained: labels too close"
        case .abstainedOutOfScope: "abstained: unlike anything in training"
        case .unavailable: "no answer: nothing to read"
        }
    }
}

extension EvaluationRows.OutOfScopeBasis {
    var title: String {
        switch self {
        case .score: "the decision's out-of-scope score"
        case .label: "the probability of the model's label for it"
        case .confidence: "1 less the confidence, as the model has no score of its own"
        }
    }
}

/// What is smaller than half a thousandth is nothing to whoever reads a report; `--json` has it in full.
private func thousandths(_ value: Double) -> Double {
    abs(value) < 0.0005 ? 0 : value
}
