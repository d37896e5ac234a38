import NIOCore

/// A request as it comes.
struct Request: Sendable {
    let head: RequestHead
    /// Whose key it has; nil where there are no keys.
    let holder: KeyRing.Holder?
    private(set) var body = ByteBuffer()
    /// Bytes that came, also those of a body that nobody asked for.
    private(set) var size = 0
    let start = ContinuousClock.now

    init(_ head: RequestHead, _ holder: KeyRing.Holder?) {
        self.head = head
        self.holder = holder
    }

    mutating func receive(_ bytes: ByteBuffer) {
        size += bytes.readableBytes
        guard head.endpoint?.asksModel == true else { return }
        if body.readableBytes == 0 {
            // Most bodies come in one piece, which need not be copied.
            body = bytes
        } else {
            body.writeImmutableBuffer(bytes)
        }
    }
}
