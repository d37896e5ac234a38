/// Where the texts of a run come from.
package enum QuerySource: Sendable {
    case arguments([String])
    case input(Descriptor, InputFormat)

    /// What messages call it, followed by the number of a line.
    package var name: String {
        switch self {
        case .arguments: "argument"
        case .input(let descriptor, _): descriptor.file
        }
    }

    /// In bytes, where it is known in advance.
    var size: Int? {
        switch self {
        case .arguments: nil
        case .input(let descriptor, _): descriptor.size
        }
    }
}

/// Queries that are answered together.
struct Batch: Sendable {
    /// A batch of long texts is closed early, so that memory does not grow with their length.
    private static let maximumBytes = 1 << 20

    private(set) var items: [Result<Query, BadInput>] = []
    /// Bytes of the input up to here.
    var position = 0
    /// Why nothing follows, where the input could not be read to its end.
    var failure: SystemError?
    private var bytes = 0

    mutating func append(_ item: Result<Query, BadInput>) {
        items.append(item)
        if case .success(let query) = item { bytes += query.text.utf8.count }
    }

    func isFull(_ size: Int) -> Bool { items.count >= size || bytes >= Self.maximumBytes }
}

extension QuerySource {
    /// Submits all queries in batches of `size`, until interrupted or not wanted any more.
    ///
    /// A batch is closed early when the next line is not there yet: whoever types or pipes line by line gets each
    /// answer at once.
    func submitBatches(of size: Int, interruption: Interruption, submit: (Batch) -> Bool) {
        switch self {
        case .arguments(let texts):
            var batch = Batch()
            for (index, text) in texts.enumerated() where !interruption.isRequested {
                batch.append(Query.argument(text, at: index + 1))
                if batch.isFull(size) || index == texts.count - 1 {
                    guard submit(batch) else { return }
                    batch = Batch()
                }
            }
            if !batch.items.isEmpty { _ = submit(batch) }
        case .input(let descriptor, let format):
            var reader = LineReader(DescriptorSource(descriptor, interruption: interruption))
            var decoder = QueryDecoder(format: format, file: descriptor.file)
            var isLast = false
            while !isLast {
                let batch = Self.nextBatch(of: size, from: &reader, decoder: &decoder, isLast: &isLast)
                guard submit(batch) else { return }
            }
        }
    }

    private static func nextBatch(
        of size: Int,
        from reader: inout LineReader<DescriptorSource>,
        decoder: inout QueryDecoder,
        isLast: inout Bool
    ) -> Batch {
        var batch = Batch()
        do {
            reading: while !batch.isFull(size) {
                switch try reader.next(mayWait: batch.items.isEmpty) {
                case .line(let line): batch.append(decoder.decode(line))
                case .wouldWait: break reading
                case .end, .interrupted:
                    isLast = true
                    break reading
                }
            }
        } catch {
            batch.failure = error
            isLast = true
        }
        batch.position = reader.position
        return batch
    }
}
