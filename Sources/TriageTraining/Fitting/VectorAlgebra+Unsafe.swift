import Parallelism

/// a += factor * b, by portions on all threads.
func add(_ a: inout [Float], _ factor: Float, _ b: [Float]) {
    precondition(a.count == b.count)
    let count = a.count, portion = 1 << 16
    unsafe a.withUnsafeMutableBufferPointer { a in
        guard let base = a.baseAddress else { return }
        let destination = unsafe Destination(start: base)
        ThreadPool.shared.run(count: (count + portion - 1) / portion) { part in
            let range = part * portion..<min(count, (part + 1) * portion)
            unsafe b.withUnsafeBufferPointer { b in
                for index in range { unsafe destination.start[index] += factor * b[index] }
            }
        }
    }
}

/// Memory of which every portion writes places of its own.
@unsafe
private struct Destination: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>
}
