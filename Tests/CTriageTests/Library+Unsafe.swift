import CTriageHeader

/// The C interface as tests use it: every call with an error to fill.
@safe
final class Library {
    var router: OpaquePointer?
    var error = triage_error()

    init() { error.struct_size = MemoryLayout<triage_error>.size }

    deinit { unsafe triage_close(router) }

    static var version: String { unsafe triage_version_string().map { unsafe String(cString: $0) } ?? "" }

    static func text(of status: Int32) -> String {
        unsafe triage_status_text(status).map { unsafe String(cString: $0) } ?? ""
    }

    var isOpen: Bool { unsafe router != nil }

    var message: String { string(&error.message) }

    @safe
    func open(_ model: String?, policy: String? = nil, change: (inout triage_options) -> Void = { _ in }) -> Int {
        unsafe withOptions(model, policy) { options in
            unsafe change(&options)
            return unsafe triage_open(&options, &router, &error)
        }
    }

    func reload(_ model: String?) -> Int {
        guard let model else { return unsafe Int(triage_reload(router, nil, &error)) }
        return unsafe withOptions(model, nil) { unsafe triage_reload(router, &$0, &error) }
    }

    private func withOptions(_ model: String?, _ policy: String?, _ body: (inout triage_options) -> Int32) -> Int {
        func pass(_ model: UnsafePointer<CChar>?, _ policy: UnsafePointer<CChar>?) -> Int {
            var options = unsafe triage_options()
            unsafe options.struct_size = MemoryLayout<triage_options>.size
            unsafe options.model = model
            unsafe options.policy = policy
            return Int(unsafe body(&options))
        }
        guard let model else { return pass(nil, nil) }
        return unsafe model.withCString { model in
            guard let policy else { return unsafe pass(model, nil) }
            return unsafe policy.withCString { unsafe pass(model, $0) }
        }
    }

    /// `claiming` a length other than that of the bytes.
    @safe
    func decide(
        _ bytes: [UInt8],
        claiming length: Int? = nil,
        _ context: UnsafePointer<triage_context>? = nil,
        into decision: inout triage_decision
    ) -> Int {
        let characters = bytes.map { CChar(bitPattern: $0) }
        return unsafe Int(triage_decide(router, characters, length ?? bytes.count, context, &decision, &error))
    }

    var counts: [UInt64] {
        var counts = triage_counts()
        counts.struct_size = MemoryLayout<triage_counts>.size
        guard unsafe triage_counts_get(router, &counts, &error) == TRIAGE_OK else { return [] }
        return [counts.classified, counts.abstained, counts.rejected, counts.unavailable]
    }

    func info(_ info: inout triage_info) -> Int { unsafe Int(triage_info_get(router, &info, &error)) }

    static func emptyDecision() -> triage_decision {
        var decision = triage_decision()
        decision.struct_size = MemoryLayout<triage_decision>.size
        return decision
    }
}

/// What an array of characters holds up to its NUL.
func string<Characters>(_ characters: inout Characters) -> String {
    unsafe withUnsafeBytes(of: &characters) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
