import Glibc
import NIOCore

/// One connection to the service, which carries one request at a time. Used only on the event loop of its worker.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// When the request under way was due and when it was sent; uptime in nanoseconds.
    struct Exchange {
        let due: UInt64
        let sent: UInt64
    }

    private let worker: LoadWorker
    private var context: ChannelHandlerContext?
    private var reader = ResponseReader()
    private(set) var exchange: Exchange?
    /// Since when it has waited for a request; uptime in nanoseconds.
    private(set) var idleSince: UInt64 = 0
    private var failure = LoadEnding.closed

    init(worker: LoadWorker) {
        self.worker = worker
    }

    var isOpen: Bool { context != nil }

    func send(_ request: ByteBuffer, _ exchange: Exchange) {
        self.exchange = exchange
        context?.writeAndFlush(Self.wrapOutboundOut(request), promise: nil)
    }

    /// Closes without an answer to what is under way.
    func abandon() {
        exchange = nil
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        idleSince = worker.now
        worker.opened(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = Self.unwrapInboundIn(data)
        let bytes = buffer.readableBytesUInt8Span
        // Answers nobody asked for, such as 408 to a connection that idles, count for no request.
        guard exchange != nil else { return context.close(promise: nil) }
        var position = 0
        do throws(InvalidResponse) {
            guard let response = try reader.read(bytes, at: &position) else { return }
            finish(response, context, keepsAlive: response.keepsAlive && position == bytes.count)
        } catch {
            failure = .invalid
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        if let response = reader.readEnd() {
            finish(response, context, keepsAlive: false)
        } else if let exchange {
            self.exchange = nil
            worker.failed(failure, exchange)
        }
        worker.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = LoadEnding(error)
        context.close(promise: nil)
    }

    private func finish(_ response: ServiceResponse, _ context: ChannelHandlerContext, keepsAlive: Bool) {
        guard let exchange else { return }
        self.exchange = nil
        idleSince = worker.now
        worker.answered(response, exchange, at: idleSince)
        if keepsAlive { worker.becameIdle(self) } else { context.close(promise: nil) }
    }
}

extension LoadEnding {
    /// What the failure of a connection counts as.
    init(_ error: any Error) {
        if case ChannelError.connectTimeout = error {
            self = .timedOut
            return
        }
        switch (error as? IOError)?.errnoCode {
        case ECONNREFUSED: self = .refused
        case ECONNRESET, EPIPE: self = .reset
        case ETIMEDOUT: self = .timedOut
        default: self = .otherFailure
        }
    }
}
