/// The requests of one run that one worker sends. Times are in nanoseconds.
struct LoadPlan: Sendable {
    /// Requests a second.
    let rate: Double
    let seed: UInt64
    let stream: Int
    /// Uptime at which the schedule starts.
    let start: UInt64
    /// From the start; requests due earlier do not count.
    let warmUp: UInt64
    /// From the start; nothing is due later.
    let end: UInt64
    /// How long after the end answers are waited for.
    let drain: UInt64

    var schedule: PoissonSchedule { PoissonSchedule(rate: rate, seed: seed, stream: stream) }
}

/// How far a worker is with a plan. Times of arguments are uptime.
struct LoadRun {
    let plan: LoadPlan
    /// Of what was not taken yet.
    private(set) var schedule: PoissonSchedule
    /// From the start, when nothing is due any more: the plan's end, or an interruption.
    private(set) var end: UInt64
    private(set) var outstanding = 0
    private(set) var answers = 0
    private var tally = LoadTally()

    init(_ plan: LoadPlan) {
        self.plan = plan
        schedule = plan.schedule
        end = plan.end
    }

    /// When the next request not taken yet is or was due; nil where there is none.
    var nextDue: UInt64? { schedule.next < end ? plan.start + schedule.next : nil }

    /// The next request is sent on a connection free since `since`.
    mutating func take(_ exchange: LoadConnection.Exchange, since: UInt64) {
        schedule.advance()
        outstanding += 1
        if isCounted(exchange.due) { tally.send(late: exchange.sent - max(exchange.due, since)) }
    }

    /// The next request, due at `due`, finds no connection.
    mutating func refuse(_ ending: LoadEnding, due: UInt64) {
        schedule.advance()
        if isCounted(due) { tally.end(ending) }
    }

    mutating func answer(_ ending: LoadEnding, _ exchange: LoadConnection.Exchange, at now: UInt64) {
        outstanding -= 1
        answers += 1
        guard isCounted(exchange.due) else { return }
        tally.answer(ending, due: exchange.due - plan.start, sent: exchange.sent - plan.start, now: now - plan.start)
    }

    mutating func fail(_ ending: LoadEnding, _ exchange: LoadConnection.Exchange) {
        outstanding -= 1
        if isCounted(exchange.due) { tally.end(ending) }
    }

    mutating func reopen() { tally.reopened += 1 }

    /// Nothing falls due from `now` on.
    mutating func cut(at now: UInt64) { end = min(end, max(now, plan.start) - plan.start) }

    /// What became of the requests; those not taken were not sent.
    func finished() -> LoadTally {
        var tally = tally
        let counted = plan.warmUp..<max(plan.warmUp, end)
        tally.unsent = schedule.count(in: counted)
        tally.end(.unanswered, count: tally.unsent)
        tally.requests = plan.schedule.count(in: counted)
        return tally
    }

    private func isCounted(_ due: UInt64) -> Bool { due >= plan.start + plan.warmUp }
}
