import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A service in this process, on a port of 127.0.0.1, that answers as it is told.
final class LoadServer: Sendable {
    enum Answer: Sendable {
        case bytes(String, delay: TimeAmount = .zero)
        /// Bytes after which the connection is closed.
        case lastBytes(String)
        case nothing
        /// Closes this connection and serves no other.
        case stop

        static func status(_ status: Int, _ body: String = "") -> Answer { .bytes(response(status, body)) }

        static func response(_ status: Int, _ body: String = "", headers: String = "") -> String {
            "HTTP/1.1 \(status) X\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
        }
    }

    struct Request: Sendable {
        var head: HTTPRequestHead
        var body: String
    }

    let port: Int
    private let channel: any Channel
    private let state: State

    fileprivate final class State: Sendable {
        let answer: @Sendable (Int) -> Answer
        let requests = Mutex<[Request]>([])
        let listener = Mutex<(any Channel)?>(nil)

        init(_ answer: @escaping @Sendable (Int) -> Answer) { self.answer = answer }
    }

    /// `answer` is given the number of the request, from 0.
    init(_ answer: @escaping @Sendable (Int) -> Answer) throws {
        let state = State(answer)
        self.state = state
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let decoder = ByteToMessageHandler(HTTPRequestDecoder())
                    try channel.pipeline.syncOperations.addHandlers([decoder, Handler(state)])
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        state.listener.withLock { $0 = channel }
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    deinit { channel.close(promise: nil) }

    var requests: [Request] { state.requests.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = ByteBuffer

        private let state: State
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ state: State) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch Self.unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let bytes): body += String(buffer: bytes)
            case .end:
                guard let head else { return }
                let request = Request(head: head, body: body)
                body = ""
                let number = state.requests.withLock { requests in
                    requests.append(request)
                    return requests.count - 1
                }
                send(state.answer(number), context)
            }
        }

        private func send(_ answer: Answer, _ context: ChannelHandlerContext) {
            func write(_ text: String) {
                context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            }
            switch answer {
            case .bytes(let text, .zero): write(text)
            case .bytes(let text, let delay):
                context.eventLoop.assumeIsolated().scheduleTask(in: delay) { write(text) }
            case .lastBytes(let text):
                write(text)
                context.close(promise: nil)
            case .nothing: break
            case .stop:
                state.listener.withLock { $0 }?.close(promise: nil)
                context.close(promise: nil)
            }
        }
    }
}
