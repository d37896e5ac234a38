import CommandSupport
import TriageModel
import TriageRouter

/// What a decision costs above the model: each query is decided on and, right before or after, only classified; what is reported is
/// the median of the differences.
struct RouterWorkload: Workload {
    let section = Section.router
    let weight = 1.0
    let subject: String
    let router: Router
    let texts: [String]

    func run(until deadline: Deadline) throws -> Sample {
        var deadline = deadline
        var alone: [Double] = [], decided: [Double] = []
        var classification = Classification()
        var decision = RouteDecision()
        // The metadata is what rules ask for and do not find.
        let context = RequestContext(tenant: "nobody", metadata: ["channel": "web"])
        func classify(_ text: String) throws -> Double {
            let start = ContinuousClock.now
            try router.model.classify(text, into: &classification)
            return start.duration(to: .now) / .microseconds(1)
        }
        func decide(_ text: String) -> Double {
            let start = ContinuousClock.now
            router.decide(text, context, into: &decision)
            return start.duration(to: .now) / .microseconds(1)
        }
        repeat {
            let text = texts[alone.count % texts.count]
            // Who comes second is a little faster: the caches know the text. So they take turns.
            if alone.count / texts.count % 2 == 0 {
                alone.append(try classify(text))
                decided.append(decide(text))
            } else {
                decided.append(decide(text))
                alone.append(try classify(text))
            }
        } while !deadline.hasPassed()
        // What is too little to measure is noise, of either sign.
        return Sample(figures: [(.overhead, max(0.001, median(zip(alone, decided).map { $1 - $0 })))])
    }

    /// A policy for the labels of any model, with `count` rules of all kinds, none of which applies to ordinary queries.
    static func policy(_ labels: [String], rules count: Int) throws(PolicyError) -> Policy {
        let names = labels.map { #""\#(escaped($0))": person"# }
        let rules = (0..<count).map { number in
            let condition =
                switch number % 5 {
                case 0: "exact: [zebra number \(number), stripes \(number)]"
                case 1: "prefix: quagga \(number) is"
                case 2: "pattern: '\\bokapi (number )?\(number)\\b'"
                case 3: "pattern: '[0-9]{\(4 + number / 5 % 20)}[a-f]{\(1 + number / 100)}'"
                default: "metadata: { channel: [zoo \(number), park \(number)] }"
                }
            return "  - { name: rule \(number), \(condition), to: person }"
        }
        let text = """
            version: 1
            currency: USD
            baseline: person
            handlers: { person: { route: human, price: 1, latency_ms: 1 } }
            labels: { \(names.joined(separator: ", ")) }
            fallback: person
            rules:\(rules.isEmpty ? " []" : "")
            \(rules.joined(separator: "\n"))
            """
        return try Policy(Array(text.utf8), file: "benchmark")
    }

    /// As a YAML text in double quotes.
    private static func escaped(_ name: String) -> String {
        name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
