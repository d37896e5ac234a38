/// What is known of a query beside its text. A value; safe to share between threads.
public struct RequestContext: Sendable, Equatable {
    /// Whose query it is: a tenant that the policy names has terms of its own; any other has the general ones.
    public var tenant: String?
    /// What rules may ask for, such as `channel`. The key `tenant` is answered by ``tenant`` where it is set.
    public var metadata: [String: String]
    /// When a decision is of no use any more; nil for never.
    public var deadline: ContinuousClock.Instant?

    /// Of a query of which nothing else is known.
    public init(
        tenant: String? = nil,
        metadata: [String: String] = [:],
        deadline: ContinuousClock.Instant? = nil
    ) {
        self.tenant = tenant
        self.metadata = metadata
        self.deadline = deadline
    }

    var isOverdue: Bool { deadline.map { $0 <= .now } ?? false }

    func value(of key: String) -> String? { key == "tenant" ? tenant ?? metadata[key] : metadata[key] }
}
