/// How far the decisions of a service are from those of a ``DriftReference``: what a ``DriftMonitor`` knows at one moment.
public struct DriftReport: Sendable, Equatable {
    /// What is compared with.
    public let reference: DriftReference
    /// Decisions of a window.
    public let window: Int
    /// How likely a window without any drift raises an alarm, at most, if queries are independent of one another.
    public let falseAlarmRate: Double
    /// Why there is nothing to compare, where the last decision was made by another model or policy than the reference's; nil
    /// else.
    public let notComparable: String?
    /// Decisions that counted, in all windows since the monitor was made.
    public let decisions: Int
    /// Decisions by another model or policy than the reference's, which were not compared.
    public let incomparable: Int
    /// Windows that were completed.
    public let windows: Int
    /// Those that raised an alarm.
    public let alarms: Int
    /// The window that was completed last; nil before the first one, and where there is nothing to compare.
    public let last: Window?
    /// The window that is being filled, whose statistics are preliminary: it raises no alarm before it is complete.
    public let running: Window

    /// Decisions that followed one another.
    public struct Window: Sendable, Equatable {
        /// Decisions that counted before its first one.
        public let start: Int
        /// How many it holds.
        public let decisions: Int
        /// Of each distribution that the reference has.
        public let statistics: [Statistic]

        /// Whether any statistic is above its bound.
        public var isAlarm: Bool { statistics.contains { $0.isAlarm } }
    }

    /// How far one distribution is from that of the reference.
    public struct Statistic: Sendable, Equatable {
        /// Bins that are listed.
        static let movedCount = 3

        /// What is distributed.
        public enum Kind: String, Sendable, CaseIterable {
            /// The calibrated probability of the label.
            case confidence
            /// How unlike anything in training the text is.
            case outOfScope = "out_of_scope"
            /// Where queries are sent, abstentions by their reasons.
            case routes
            /// What the model takes the texts for.
            case labels
        }

        /// What is distributed.
        public let kind: Kind
        /// Decisions of the window that have it: the model does not decide on what a rule decides.
        public let rows: Int
        /// The population stability index, 0 where there is no difference; nil where `rows` are too few for the bins.
        public let psi: Double?
        /// What the index exceeds too rarely to be chance; nil where there is no index.
        public let bound: Double?
        /// The bins that differ most, most first.
        public let moved: [Bin]

        /// Whether the index is above its bound.
        public var isAlarm: Bool {
            guard let psi, let bound else { return false }
            return psi > bound
        }
    }

    /// A part of a distribution.
    public struct Bin: Sendable, Equatable {
        /// The range of values, the label or the route.
        public let name: String
        /// Its share of the reference, 0 to 1.
        public let expected: Double
        /// Its share of the window, 0 to 1.
        public let found: Double
        /// What it adds to the index.
        public let psi: Double
    }
}
