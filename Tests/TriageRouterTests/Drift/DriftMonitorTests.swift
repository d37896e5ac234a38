import StrictJSON
import Testing

@testable import TriageRouter

@Suite struct DriftMonitorTests {
    private func statistic(_ kind: DriftReport.Statistic.Kind, _ window: DriftReport.Window?) throws
        -> DriftReport.Statistic
    {
        try #require(window?.statistics.first { $0.kind == kind })
    }

    @Test func windowsOfDecisionsLikeTheReferenceRaiseNoAlarm() throws {
        let monitor = DriftMonitor(reference: .sample, window: 200)
        var windows: [DriftReport.Window] = []
        for index in 0..<1_010 {
            if let window = monitor.record(DriftReference.alike(index)) { windows.append(window) }
        }
        let report = monitor.report()
        #expect(report.windows == 5 && report.alarms == 0 && report.decisions == 1_010 && windows.count == 5)
        #expect(report.last == windows.last && report.last?.start == 800 && report.last?.decisions == 200)
        #expect(report.running.start == 1_000 && report.running.decisions == 10)
        #expect(windows.allSatisfy { $0.statistics.map(\.kind) == DriftReport.Statistic.Kind.allCases })
        for statistic in windows[0].statistics {
            #expect(statistic.rows == 200 && statistic.bound == 0.1)
            #expect(try #require(statistic.psi) < 1e-4)
        }
    }

    @Test func eachDistributionRaisesTheAlarmAlone() throws {
        let changes: [(DriftReport.Statistic.Kind, (inout RouteDecision) -> Void)] = [
            (.confidence, { $0.confidence = 0.5 }), (.outOfScope, { $0.outOfScope = 0.99 }),
            (.routes, { $0.route = "b" }), (.labels, { $0.label = "b" }),
        ]
        for (kind, change) in changes {
            let monitor = DriftMonitor(reference: .sample, window: 100)
            for index in 0..<100 {
                var decision = DriftReference.alike(index)
                change(&decision)
                monitor.record(decision)
            }
            let report = monitor.report()
            #expect(report.windows == 1 && report.alarms == 1)
            #expect(report.last?.statistics.filter(\.isAlarm).map(\.kind) == [kind])
            let moved = try statistic(kind, report.last).moved
            #expect(moved.count == 3 || kind == .confidence || kind == .outOfScope)
            #expect(zip(moved, moved.dropFirst()).allSatisfy { $0.psi >= $1.psi })
        }
    }

    /// What is abstained from is another route than what is decided, though it leads to the same place.
    @Test func abstentionsAreRoutesOfTheirOwn() throws {
        let monitor = DriftMonitor(reference: .sample, window: 100)
        for index in 0..<100 {
            var decision = DriftReference.alike(index)
            (decision.outcome, decision.reason) = (.abstained, .outOfScope(nearest: nil))
            monitor.record(decision)
        }
        let last = monitor.report().last
        #expect(last?.statistics.filter(\.isAlarm).map(\.kind) == [.routes])
        let other = try #require(try statistic(.routes, last).moved.first { $0.name == "other" })
        #expect(other.found == 1 && other.expected == 0)
    }

    @Test func rulesCountAmongTheRoutesAloneAndTheRestNotAtAll() throws {
        let monitor = DriftMonitor(reference: .sample, window: 200)
        for index in 0..<100 {
            monitor.record(.driftRule(route: index < 50 ? "a" : index < 90 ? "b" : "c"))
            monitor.record(.drift("a", outcome: .rejected, reason: .nothingToRead))
            monitor.record(.drift("a", outcome: .unavailable, reason: .deadlinePassed, model: "sha256:other"))
        }
        #expect(monitor.report().running.decisions == 100 && monitor.report().notComparable == nil)
        for index in 0..<100 { monitor.record(DriftReference.alike(index)) }
        let last = monitor.report().last
        let rows = try DriftReport.Statistic.Kind.allCases.map { try statistic($0, last).rows }
        #expect(rows == [100, 100, 200, 100] && last?.isAlarm == false)
    }

    @Test func tooFewDecisionsOfTheModelAreNotJudged() throws {
        let monitor = DriftMonitor(reference: .sample, window: 100)
        for index in 0..<100 {
            monitor.record(index < 9 ? .drift("c", confidence: 0.1) : .driftRule(route: index < 59 ? "a" : "b"))
        }
        let last = monitor.report().last
        let confidence = try statistic(.confidence, last)
        #expect(confidence.psi == nil && confidence.bound == nil && !confidence.isAlarm)
        #expect(try statistic(.routes, last).psi != nil)
    }

    /// Of 1,000 decisions on labels that each have a few, a window of 100 expects half of one.
    @Test func rareLabelsAreCountedTogether() throws {
        let labels = [("a", 500)] + (0..<100).map { ("rare\($0)", 5) }
        let monitor = DriftMonitor(reference: .sample(labels: labels), window: 100)
        for index in 0..<100 {
            let name = index < 50 ? "a" : "rare\(index)"
            monitor.record(.drift(name, confidence: index % 2 == 0 ? 0.7 : 0.9, outOfScope: index % 4 < 2 ? 0.2 : 0.8))
        }
        let last = monitor.report().last
        #expect(last?.isAlarm == false)
        let names = try statistic(.labels, last).moved.map(\.name)
        #expect(Set(names) == ["a", "other"])
    }

    /// Where the bins are many the quantile is above what custom calls no change.
    @Test func theBoundGrowsWithBinsAndShrinksWithWindows() throws {
        let labels = (0..<20).map { ("l\($0)", 50) }
        func bound(_ window: Int, rate: Double = 1e-3) throws -> Double {
            let monitor = DriftMonitor(reference: .sample(labels: labels), window: window, falseAlarmRate: rate)
            for index in 0..<window { monitor.record(.drift("l\(index % 20)")) }
            return try #require(try statistic(.labels, monitor.report().last).bound)
        }
        // 19 degrees of freedom, a quarter of the rate: `other` holds nothing in the reference.
        let quantile = ChiSquare.quantile(exceededWith: 1e-3 / 4, degrees: 19)
        let found = try (bound(120), rarer: bound(120, rate: 1e-6), large: bound(1_000))
        #expect(abs(found.0 - quantile * (1 / 120 + 1 / 1_000)) < 1e-12)
        #expect(found.rarer > found.0 && found.large == 0.1)
    }

    @Test(arguments: [
        RouteDecision.drift("a", model: "sha256:new"), .drift("a", policy: "sha256:policy"),
    ])
    func anotherModelOrPolicyIsNotCompared(other: RouteDecision) throws {
        let monitor = DriftMonitor(reference: .sample, window: 100)
        for index in 0..<150 { monitor.record(DriftReference.alike(index)) }
        for _ in 0..<300 { #expect(monitor.record(other) == nil) }
        let report = monitor.report()
        let reason = try #require(report.notComparable)
        #expect(reason.contains("sha256:new") || reason.contains("policy sha256:policy, the reference by no policy"))
        #expect(report.last == nil && report.running.decisions == 0 && report.running.start == 150)
        #expect(report.incomparable == 300 && report.decisions == 150 && report.windows == 1)
        #expect(report.json["comparable"] == false && report.json["last"] == .null)

        monitor.record(DriftReference.alike(0))
        #expect(monitor.report().notComparable == nil && monitor.report().running.decisions == 1)
    }

    @Test func aFirstStageMakesOtherDecisions() {
        let monitor = DriftMonitor(reference: .sample)
        var decision = RouteDecision.drift("a")
        decision.usesFirstStage = true
        monitor.record(decision)
        #expect(monitor.report().notComparable?.hasPrefix("decided with a first stage") == true)
    }

    @Test func manyThreadsCountExactly() async {
        let monitor = DriftMonitor(reference: .sample, window: 100)
        let completed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<2_500).count { monitor.record(DriftReference.alike($0)) != nil }
                }
            }
            return await group.reduce(0, +)
        }
        let report = monitor.report()
        #expect(report.decisions == 20_000 && report.windows == 200 && completed == 200)
        #expect(report.running.decisions == 0 && report.last?.start == 19_900)
    }

    /// Names that the reference does not have take no room: all of them are one bin.
    @Test func unknownNamesTakeNoRoom() throws {
        let monitor = DriftMonitor(reference: .sample, window: 1_000)
        let bins = monitor.binCount
        for index in 0..<5_000 { monitor.record(.drift("label \(index)", route: "route \(index)")) }
        #expect(monitor.binCount == bins && bins == 2 + 2 + 4 + 4)
        let moved = try statistic(.labels, monitor.report().last).moved
        #expect(moved.first?.name == "other")
    }

    @Test func theReportSaysWhatItKnows() throws {
        let monitor = DriftMonitor(reference: .sample, window: 200)
        for index in 0..<230 { monitor.record(DriftReference.alike(index)) }
        let json = try JSONParser.parse(monitor.report().json.text())
        #expect(json["comparable"] == true && json["reason"] == .null && json["reference"]?["rows"] == 1_000)
        #expect(json["windows"] == 1 && json["alarms"] == 0 && json["decisions"] == 230 && json["window"] == 200)
        #expect(json["last"]?["alarm"] == false && json["running"]?["decisions"] == 30)
        let confidence = try #require(json["last"]?["statistics"]?["confidence"])
        #expect(confidence["bound"]?.number == 0.1 && confidence["decisions"] == 200)
        #expect(confidence["moved"]?.array?.first?["expected"]?.number == 0.5)
    }
}
