import Instrumentation
import Tracing
import TriageRouter

/// Spans of requests, for whoever collects them.
enum Spans {
    /// A span `triage.request` from the head of the request to now, continuing the caller's trace.
    static func record(_ request: Request, _ decisions: [RouteDecision], _ tracer: any Tracer) {
        var context = ServiceContext.topLevel
        if let trace = request.head.trace { tracer.extract(trace, into: &context, using: TraceExtractor()) }
        let end = DefaultTracerClock.now
        let passed = request.start.duration(to: .now).components
        let nanoseconds =
            UInt64(max(0, passed.seconds)) * 1_000_000_000 + UInt64(max(0, passed.attoseconds) / 1_000_000_000)
        let start = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: end.nanosecondsSinceEpoch &- nanoseconds)
        let span = tracer.startSpan("triage.request", context: context, ofKind: .server, at: start)
        span.attributes["triage.request_id"] = request.head.id
        span.attributes["triage.texts"] = decisions.count
        if let first = decisions.first {
            span.attributes["triage.outcome"] = first.outcome.rawValue
            span.attributes["triage.route"] = first.route
            span.attributes["triage.reason"] = first.reason.code
            span.attributes["triage.generation"] = first.generation
        }
        let timings = decisions.compactMap(\.timings)
        span.attributes["triage.tokenize_us"] = timings.reduce(0) { $0 + $1.tokenize.microseconds }
        span.attributes["triage.queue_us"] = timings.map(\.queue.microseconds).max() ?? 0
        span.attributes["triage.compute_us"] = timings.map(\.compute.microseconds).max() ?? 0
        span.end(at: end)
    }

    private struct TraceExtractor: Extractor {
        func extract(key: String, from trace: TraceContext) -> String? {
            switch key.lowercased() {
            case "traceparent": trace.parent
            case "tracestate": trace.state
            default: nil
            }
        }
    }
}
