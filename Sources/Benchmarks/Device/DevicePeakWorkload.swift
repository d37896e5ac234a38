import Encoder
import VulkanBackend

/// The device's peaks as they were measured last, which shares are of.
final class LatestPeaks {
    var peaks = DevicePeaks(bytesPerSecond: 0, rates: [:])
}

/// The peaks of a device: how fast it copies and multiplies.
struct DevicePeakWorkload: Workload {
    let backend: VulkanBackend
    let latest: LatestPeaks

    let section = Section.gpu
    let subject = "peaks"
    let weight = 1.0

    func run(until deadline: Deadline) throws -> Sample {
        let peaks = try backend.measurePeaks()
        latest.peaks = peaks
        var sample = Sample()
        sample.parts = [("copies within its memory", .bandwidth, peaks.bytesPerSecond / 1e9)]
        for arithmetic in DevicePeaks.Arithmetic.allCases {
            guard let rate = peaks.rates[arithmetic] else { continue }
            sample.parts.append((arithmetic.rawValue, .rate, rate / 1e9))
        }
        return sample
    }
}
