/// A load on a service: which requests, how many, for how long. Times are in seconds.
package struct LoadParameters: Sendable {
    package struct Search: Sendable {
        /// The 99th percentile of latency that a rate must stay under.
        package var limitMilliseconds: Double
        package var probeSeconds: Double

        package init(limitMilliseconds: Double, probeSeconds: Double) {
            self.limitMilliseconds = limitMilliseconds
            self.probeSeconds = probeSeconds
        }
    }

    package var target: LoadTarget
    package var queries = QuerySet.builtIn
    package var headers: [LoadHeader] = []
    /// Sent as `x-triage-deadline-ms`.
    package var deadlineMilliseconds: Int?
    /// Requests a second; where the highest rate is searched, the first that is tried.
    package var rate = 100.0
    package var connections = 100
    package var seconds = 10.0
    /// Before `seconds`, not counted.
    package var warmUp = 2.0
    /// How long outstanding answers are waited for.
    package var drain = 10.0
    package var seed = 1
    package var threads = 1
    /// The service's process, where it is on this machine.
    package var serverProcess: Int?
    package var search: Search?

    package init(target: LoadTarget) {
        self.target = target
    }
}
