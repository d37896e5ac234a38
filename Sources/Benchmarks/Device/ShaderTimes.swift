import VulkanBackend

/// What the steps of one label took in a pass, and how that compares with what the device can do.
struct ShaderTimes: Equatable {
    let label: String
    /// Steps in a pass.
    let count: Int
    /// Of all of them.
    let milliseconds: Double
    /// Of the time of the pass, in percent.
    let shareOfTime: Double
    /// Of the device's peaks, in percent; nil where a step does not multiply or the peak is not known.
    let shareOfPeak: Double?
    /// nil where a label's bytes are not known.
    let shareOfBandwidth: Double?

    /// By label, what takes longest first. `steps`: of `passes` passes over the batch that `work` is of.
    static func table(
        _ steps: [(step: String, nanoseconds: Double)],
        passes: Int,
        work: PassWork,
        peaks: DevicePeaks
    ) -> [ShaderTimes] {
        let total = steps.reduce(0) { $0 + $1.nanoseconds }
        guard total > 0, passes > 0 else { return [] }
        return Dictionary(grouping: steps, by: \.step).map { label, steps in
            let nanoseconds = steps.reduce(0) { $0 + $1.nanoseconds }
            let seconds = nanoseconds / Double(steps.count) / 1e9
            let work = work.step(label)
            /// In percent of the peak.
            func share(_ units: Int?, of peak: Double?) -> Double? {
                guard let units, let peak, units > 0, peak > 0, seconds > 0 else { return nil }
                return Double(units) / seconds / peak * 100
            }
            return ShaderTimes(
                label: label,
                count: steps.count / passes,
                milliseconds: nanoseconds / Double(passes) / 1e6,
                shareOfTime: nanoseconds / total * 100,
                shareOfPeak: share(
                    work?.multiplyAccumulates,
                    of: peaks.rates[DevicePeaks.Arithmetic(of: label)]
                ),
                shareOfBandwidth: share(work?.bytes, of: peaks.bytesPerSecond)
            )
        }.sorted { ($1.milliseconds, $0.label) < ($0.milliseconds, $1.label) }
    }

    var figures: [(Quantity, Double)] {
        let shares: [(Quantity, Double?)] = [(.shareOfPeak, shareOfPeak), (.shareOfBandwidth, shareOfBandwidth)]
        return [(.gpuTime, milliseconds), (.count, Double(count)), (.shareOfTime, shareOfTime)]
            + shares.compactMap { quantity, share in share.map { (quantity, $0) } }
    }
}
