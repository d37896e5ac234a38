/// Consecutive texts that the network reads as one batch, for several threads to share.
struct TextGroups {
    /// The texts of each group, in order; no text is left out and no group is empty.
    let ranges: [Range<Int>]

    /// A group holds at most `preferredTokenCount` tokens, unless a single text is longer. With several threads groups
    /// are smaller, down to `minimumTokenCount`, where that gives every thread a few of them, so that they end at about the
    /// same time.
    init(tokenCounts: [Int], preferredTokenCount: Int, minimumTokenCount: Int, threads: Int) {
        let share = tokenCounts.reduce(0, +) / (4 * max(1, threads))
        let limit = threads > 1 ? min(max(share, minimumTokenCount), preferredTokenCount) : preferredTokenCount
        var ranges: [Range<Int>] = []
        var start = 0
        var sum = 0
        for (index, count) in tokenCounts.enumerated() {
            if index > start, sum + count > limit {
                ranges.append(start..<index)
                (start, sum) = (index, 0)
            }
            sum += count
        }
        if start < tokenCounts.count { ranges.append(start..<tokenCounts.count) }
        self.ranges = ranges
    }
}
