internal import Parallelism
internal import Synchronization
internal import TriageModel
internal import TriageRouter

/// What a `triage_router` points to. Safe to use from many threads at once.
final class Handle: Sendable {
    /// A decision whose storage is used again.
    final class Answer {
        var decision = RouteDecision()
    }

    let live: LiveRouter
    /// What the current generation was loaded from. Held while another is loaded.
    private let files: Mutex<RouterFiles>
    private let answers = SparePool { Answer() }

    init(_ files: RouterFiles) throws(RouterError) {
        let router = try files.load()
        try Self.check(router)
        live = LiveRouter(router)
        self.files = Mutex(files)
    }

    /// Loads `new`, or with nil the same files as before; see `LiveRouter.reload`.
    func reload(_ new: RouterFiles?) throws(RouterError) {
        try files.withLock { files throws(RouterError) in
            let next = new ?? files
            try live.reload(next, checking: Self.check)
            files = next
        }
    }

    /// Decides on one query and lends the decision to `body`.
    func decide(_ text: String, _ context: RequestContext, _ body: (RouteDecision) -> Void) {
        answers.withObject { answer in
            live.current.decide(text, context, into: &answer.decision)
            body(answer.decision)
        }
    }

    /// The structures of the C interface have room for a policy's names, which are bounded, and for those of a model that pass
    /// here.
    private static func check(_ router: Router) throws(RouterError) {
        let model = router.model
        var names: [(kind: String, name: String)] = []
        for label in model.labels {
            names.append(("label", label.name))
            if let route = label.route { names.append(("route", route)) }
            if let target = label.target { names.append(("target", target)) }
        }
        if let settings = model.decision {
            names += (settings.ambiguousRoutes + [settings.outOfScopeRoute].compactMap(\.self)).map { ("route", $0) }
        }
        for (kind, name) in names where name.utf8.count > maximumNameBytes || name.utf8.contains(0) {
            let fault = name.utf8.contains(0) ? "contains NUL" : "is longer than \(maximumNameBytes) bytes"
            throw .model(ModelError(path: model.directory, reason: "the \(kind) `\(name)` \(fault)"))
        }
    }

    /// What fits into `route`, `target`, `label` and `rule` of a `triage_decision`.
    static let maximumNameBytes = 127
}
