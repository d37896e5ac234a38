package import Tensors

extension WeightFile {
    /// The named tensors; a name may occur more than once.
    ///
    /// Tensors of a plain file are views of the mapped file, aligned as the file aligns them. Those of a compressed one
    /// are decoded on up to `threads` threads, the calling one among them, each into memory of its own, aligned to
    /// 64 bytes; the result does not depend on the number of threads. One of the threads first does `work`: a loop within
    /// another would find all threads taken and keep to one.
    ///
    /// Throws `noSuchTensor`, `invalidFrame` and its like naming tensor and frame, `outOfMemory`, or, where the file has
    /// changed since it was opened, `unreadable`, `truncated` or `invalidSeekTable`.
    package func load(
        _ names: [String],
        threads: Int,
        alongside work: @Sendable () -> Void = {}
    ) throws(ModelFileError) -> [String: Tensor] {
        var indices: Set<Int> = []
        for name in names { indices.insert(try index(of: name)) }
        let sorted = indices.sorted()
        let tensors =
            switch source {
            case .plain(let memory, let dataOffset): try views(sorted, memory, dataOffset, alongside: work)
            case .compressed(let layout): try decode(sorted, layout, threads: threads, alongside: work)
            }
        return Dictionary(uniqueKeysWithValues: zip(sorted.lazy.map { self.entries[$0].name }, tensors))
    }

    private func views(
        _ indices: [Int],
        _ memory: SharedMemory,
        _ dataOffset: Int,
        alongside work: () -> Void
    ) throws(ModelFileError) -> [Tensor] {
        work()
        return try indices.map { index throws(ModelFileError) in
            try tensor(entries[index], memory, byteOffset: dataOffset + entries[index].byteRange.lowerBound)
        }
    }

    private func tensor(_ entry: TensorEntry, _ memory: SharedMemory, byteOffset: Int) throws(ModelFileError) -> Tensor
    {
        guard
            let tensor = Tensor(
                elementType: entry.elementType,
                shape: entry.shape,
                memory: memory,
                byteOffset: byteOffset
            )
        else {
            // The header was checked against the file; only a contradiction in this module leads here.
            throw ModelFileError(
                path: path,
                code: .invalidOffsets,
                reason: "tensor \(quoted(entry.name)) does not lie within the file"
            )
        }
        return tensor
    }

    /// One frame to decode into a tensor.
    private struct Job: Sendable {
        /// Of the tensor among those being loaded.
        let slot: Int
        let frame: Int
        let byteOffset: Int
    }

    /// The memory of the tensors being loaded.
    ///
    /// `@unchecked Sendable`: every job writes a part of its own, and nobody reads before the last job has ended.
    @safe
    private struct Targets: @unchecked Sendable {
        let buffers: [UnsafeMutableRawBufferPointer]

        func part(_ slot: Int, _ byteOffset: Int, _ byteCount: Int) -> UnsafeMutableRawBufferPointer {
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffers[slot][byteOffset..<byteOffset + byteCount])
        }
    }

    /// Reading and hashing, a third of the work, is done by one thread at a time: more threads would wait for it, each
    /// with a frame in memory.
    private static let usefulThreads = 4

    private static func jobs(_ indices: [Int], _ layout: FrameLayout) -> [Job] {
        var jobs: [Job] = []
        for (slot, index) in indices.enumerated() {
            var byteOffset = 0
            for frame in layout.framesOfEntry[index] {
                jobs.append(Job(slot: slot, frame: frame, byteOffset: byteOffset))
                byteOffset += layout.frames[frame].decodedBytes
            }
        }
        return jobs
    }

    private func decode(
        _ indices: [Int],
        _ layout: FrameLayout,
        threads: Int,
        alongside work: @Sendable () -> Void
    ) throws(ModelFileError) -> [Tensor] {
        let jobs = Self.jobs(indices, layout)
        let blocks: [SharedMemory]?
        do throws(FormatDefect) {
            blocks = unsafe try SharedMemory.make(byteCounts: indices.map { entries[$0].byteCount }) {
                buffers throws(FormatDefect) in
                let targets = unsafe Targets(buffers: buffers)
                try ParallelLoop.run(
                    count: 1 + jobs.count,
                    threads: min(threads, Self.usefulThreads),
                    worker: FrameDecoder.init
                ) { decoder, number throws(FormatDefect) in
                    guard number > 0 else { return work() }
                    let job = jobs[number - 1]
                    let frame = layout.frames[job.frame]
                    do throws(FormatDefect) {
                        let part = unsafe targets.part(job.slot, job.byteOffset, frame.decodedBytes)
                        try unsafe decoder.decode(frame, into: part, read: digest.read)
                    } catch {
                        let name = quoted(entries[indices[job.slot]].name)
                        throw FormatDefect(error.code, "tensor \(name): frame \(job.frame) \(error.reason)")
                    }
                }
            }
        } catch {
            throw error.at(path)
        }
        guard let blocks else {
            throw ModelFileError(path: path, code: .outOfMemory, reason: "there is no memory for its tensors")
        }
        return try zip(indices, blocks).map { index, block throws(ModelFileError) in
            try tensor(entries[index], block, byteOffset: 0)
        }
    }

    /// Decodes a single frame whose size the caller has bounded.
    static func decode(_ frame: SeekTable.Frame, of stored: StoredBytes) throws(FormatDefect) -> [UInt8] {
        guard let decoder = FrameDecoder() else {
            throw FormatDefect(.outOfMemory, "there is no memory to decode the header")
        }
        var bytes = [UInt8](repeating: 0, count: frame.decodedBytes)
        try unsafe bytes.withUnsafeMutableBufferPointer { target throws(FormatDefect) in
            do throws(FormatDefect) {
                try unsafe decoder.decode(frame, into: UnsafeMutableRawBufferPointer(target), read: stored.read)
            } catch {
                throw FormatDefect(error.code, "the header's frame \(error.reason)")
            }
        }
        return bytes
    }
}
