import Logging
import Synchronization
import TriageRouter

/// Compares what is decided with what was decided on the data that the model was calibrated for.
final class DriftWatch: Sendable {
    private let path: String?
    private let defaultPath: String
    private let monitor: Mutex<DriftMonitor?>
    private let logger: Logger

    /// - Throws: `DriftError` where there is a reference that cannot be used.
    init(_ settings: ServerSettings, _ logger: Logger) throws(DriftError) {
        path = settings.driftReference
        defaultPath = "\(settings.files.model)/\(DriftReference.fileName)"
        self.logger = logger
        monitor = Mutex(try Self.reference(path, defaultPath).map { DriftMonitor(reference: $0) })
    }

    /// Reads the reference again; nil where there is none.
    func load() throws(DriftError) -> DriftReference? { try Self.reference(path, defaultPath) }

    /// Where the reference is the one there was, windows go on.
    func use(_ reference: DriftReference?) {
        monitor.withLock { monitor in
            if monitor?.reference != reference { monitor = reference.map { DriftMonitor(reference: $0) } }
        }
    }

    private static func reference(_ path: String?, _ defaultPath: String) throws(DriftError) -> DriftReference? {
        if let path { return try DriftReference(contentsOf: path) }
        return FileState([defaultPath]).isEmpty ? nil : try DriftReference(contentsOf: defaultPath)
    }

    /// Says so where the decisions of `router` cannot be compared with the reference, as those of a policy with one made without.
    func warn(about router: Router) {
        guard let objection = monitor.withLock({ $0 })?.reference.objection(to: router) else { return }
        logger.warning("drift is not watched", metadata: ["reason": "\(objection) and name it with --drift"])
    }

    func record(_ decisions: [RouteDecision]) {
        guard let monitor = monitor.withLock({ $0 }) else { return }
        for decision in decisions {
            guard let window = monitor.record(decision), window.isAlarm else { continue }
            let alarms = window.statistics.filter(\.isAlarm).map { statistic in
                "\(statistic.kind.rawValue) \(statistic.psi ?? 0) above \(statistic.bound ?? 0)"
            }
            logger.warning("decisions drift", metadata: ["statistics": "\(alarms.joined(separator: ", "))"])
        }
    }

    /// Nil where there is no reference.
    var report: DriftReport? { monitor.withLock { $0 }?.report() }
}
