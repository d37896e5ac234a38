import Encoder

/// What the shaders are told of a batch, in memory that the host writes and the device reads.
///
/// It starts with the header: tokens, sequences, tasks of attention, 0; then two commands of three words: the workgroups
/// of what runs by task and head, and of what runs by sequence.
struct BatchBuffer {
    /// Byte offsets of the commands.
    static let taskWorkgroups = 16
    static let sequenceWorkgroups = 28
    private static let headerWords = 64

    let buffer: DeviceBuffer
    private let tokenCapacity: Int

    /// Room for `tokenCapacity` tokens, and as many sequences.
    init(_ device: Device, tokenCapacity: Int) throws(EncoderError) {
        self.tokenCapacity = tokenCapacity
        // Ids, segments, positions, offsets and one more, three words a task.
        let words = Self.headerWords + 7 * tokenCapacity + 64
        buffer = try DeviceBuffer(device, byteCount: 4 * words, .upload)
    }

    var header: UInt64 { buffer.address }
    var ids: UInt64 { header + UInt64(offset(0)) }
    var segments: UInt64 { header + UInt64(offset(1)) }
    var positions: UInt64 { header + UInt64(offset(2)) }
    var tasks: UInt64 { header + UInt64(offset(3)) }
    /// Of the sequences, and after the last, where it ends.
    var offsets: UInt64 { header + UInt64(offset(6)) }

    private func offset(_ part: Int) -> Int { 4 * (Self.headerWords + part * tokenCapacity) }

    /// Writes these sequences of a batch that is valid for the network. `queries`: of a task of attention.
    func write(_ batch: TokenBatch, _ sequences: Range<Int>, heads: Int, queriesPerTask: Int) {
        let first = batch.offsets[sequences.lowerBound]
        let tokens = first..<batch.offsets[sequences.upperBound]
        precondition(tokens.count <= tokenCapacity && sequences.count <= tokenCapacity)
        var positions: [UInt32] = [], tasks: [UInt32] = [], offsets: [UInt32] = [0]
        positions.reserveCapacity(tokens.count)
        offsets.reserveCapacity(sequences.count + 1)
        for sequence in sequences {
            let range = batch.range(of: sequence)
            let start = UInt32(range.lowerBound - first), count = UInt32(range.count)
            positions.append(contentsOf: 0..<count)
            for query in stride(from: 0, to: count, by: queriesPerTask) { tasks += [start, count, query] }
            offsets.append(start + count)
        }
        let taskCount = UInt32(tasks.count / 3), sequenceCount = UInt32(sequences.count)
        let header = [
            UInt32(tokens.count), sequenceCount, taskCount, 0, taskCount, UInt32(heads), 1, sequenceCount, 1, 1,
        ]
        buffer.write(header[...])
        buffer.write(batch.ids[tokens], at: offset(0))
        buffer.write(batch.segmentIds[tokens].map { UInt32($0) }[...], at: offset(1))
        buffer.write(positions[...], at: offset(2))
        buffer.write(tasks[...], at: offset(3))
        buffer.write(offsets[...], at: offset(6))
    }
}
