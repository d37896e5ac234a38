import NIOCore
import NIOHTTP1
import Synchronization

/// One connection: reads requests one after the other, hands them to the service, and writes the answers.
///
/// Confined to the event loop of its channel. A request that is answered before it is read whole is read on, within the limit
/// of a body, and thrown away; while a request is being answered nothing more is read, but for what has come already.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// Between requests.
        case idle
        /// The head of a request has come.
        case reading(Request)
        /// The request has come whole and waits for its answer.
        case answering(RequestHead, NIODeadline)
        /// The request was answered before it came whole; so many bytes are read on.
        case discarding(Int)
        /// The last answer is written: what still comes is thrown away, so that the answer is not lost to a reset.
        case closing
    }

    private let service: RequestService
    private var state = State.idle
    private var context: ChannelHandlerContext?
    /// What came behind a request that is not answered yet.
    private var pending = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 0)
    /// The answer to what came behind all of that and is no request; nothing comes behind it.
    private var unreadable: Answer?
    private var isCatchingUp = false
    private var isReadHeld = false
    /// Whether a part of a head has come.
    private var isHeadUnderWay = false
    private var isInputClosed = false
    /// Whether the server is about to end.
    private var isQuiescing = false
    private var work: Task<Void, Never>?
    /// When the connection is given up unless something happens.
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private lazy var executor: LoopExecutor? = context.map { LoopExecutor($0.eventLoop) }

    /// How long an ended connection waits for the other side to have read all.
    private static let lingerTime = TimeAmount.seconds(2)
    /// Larger bodies are worked on by other threads than the event loop's, which many connections share.
    private static let largeBody = 16_384

    init(_ service: RequestService) { self.service = service }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadline = .now() + service.readTime
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !service.connections.open() { reply(service.tooManyConnections, to: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        service.connections.close()
        work?.cancel()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if case .answering = state { isReadHeld = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if case .answering = state { pending.append(part) } else { receive(part) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            switch state {
            case .answering: break
            default: context.close(promise: nil)
            }
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            if case .idle = state { end() }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What comes behind bytes that are no request is thrown away.
        if case ByteToMessageDecoderError.dataReceivedInErrorState = error { return }
        guard let answer = service.answer(toUnreadable: error) else { return context.close(promise: nil) }
        refuse(answer)
    }

    /// Bytes have come: between requests the first ones of a head.
    func noteArrival() {
        guard case .idle = state, !isHeadUnderWay else { return }
        isHeadUnderWay = true
        deadline = .now() + service.readTime
    }

    // MARK: Requests

    private func receive(_ part: HTTPServerRequestPart) {
        switch (state, part) {
        case (.idle, .head(let head)): begin(RequestHead(head, ids: service.ids))
        case (.reading(var request), .body(let bytes)):
            // The state's own reference would make appending copy.
            state = .idle
            request.receive(bytes)
            if request.size > service.limits.bodyBytes {
                reply(service.tooLarge(request.head), to: request.head)
            } else {
                state = .reading(request)
            }
        case (.reading(let request), .end): answer(request)
        case (.discarding(let count), .body(let bytes)):
            state = .discarding(count - bytes.readableBytes)
            if count < bytes.readableBytes { end() }
        case (.discarding, .end): becomeIdle()
        default: break
        }
    }

    private func begin(_ head: RequestHead) {
        isHeadUnderWay = false
        deadline = .now() + service.readTime
        let holder: KeyRing.Holder?
        switch service.admit(head) {
        case .refused(let answer):
            reply(answer, to: head)
            return
        case .admitted(let admitted): holder = admitted
        }
        if head.expectsContinue, let context {
            var line = context.channel.allocator.buffer(capacity: 32)
            line.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(line), promise: nil)
        }
        state = .reading(Request(head, holder))
    }

    private func answer(_ request: Request) {
        guard let context else { return }
        let start = NIODeadline.now()
        state = .answering(request.head, start)
        deadline = .distantFuture
        service.inFlight.add(1, ordering: .relaxed)
        if let answer = service.answerAtOnce(request) {
            finish(answer)
            return
        }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let service = service
        let executor = request.body.readableBytes > Self.largeBody ? nil : executor
        work = Task(executorPreference: executor) {
            let answer = await service.answer(request)
            if eventLoop.inEventLoop {
                handler.value.finish(answer)
            } else {
                eventLoop.execute { handler.value.finish(answer) }
            }
        }
    }

    private func finish(_ answer: Answer) {
        guard case .answering(let head, let start) = state else { return }
        work = nil
        service.inFlight.subtract(1, ordering: .relaxed)
        guard let context, context.channel.isActive else { return }
        service.note(answer, to: head, duration: .now() - start)
        let closes = self.closes(answer, head)
        write(answer, to: head, closes: closes, context)
        if closes { end() } else { becomeIdle() }
    }

    /// Answers a request that did not come whole, or not at all.
    private func reply(_ answer: Answer, to head: RequestHead?) {
        guard let context else { return }
        service.note(answer, to: head, duration: nil)
        let closes = head.map { self.closes(answer, $0) } ?? true
        write(answer, to: head, closes: closes, context)
        if closes { end() } else { state = .discarding(service.limits.bodyBytes) }
    }

    /// Answers what is no request, once all that came before it is answered.
    private func refuse(_ answer: Answer) {
        switch state {
        case .idle, .reading: reply(answer, to: nil)
        case .answering: unreadable = answer
        // Where the rest of that request ends is not known any more.
        case .discarding: end()
        case .closing: break
        }
    }

    private func closes(_ answer: Answer, _ head: RequestHead) -> Bool {
        if answer.closes || !head.isKeepAlive { return true }
        // What came behind it is still answered.
        guard pending.isEmpty, unreadable == nil else { return false }
        return isQuiescing || isInputClosed || service.isEnding
    }

    private func write(_ answer: Answer, to head: RequestHead?, closes: Bool, _ context: ChannelHandlerContext) {
        var answer = answer
        answer.fields.append(("date", service.date.now))
        let bytes = answer.bytes(to: head, closes: closes, context.channel.allocator)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func becomeIdle() {
        state = .idle
        isHeadUnderWay = false
        deadline = .now() + service.idleTime
        // What came behind may be answered at once and lead back here, thousands of times in one packet: no call within a call.
        guard !isCatchingUp else { return }
        isCatchingUp = true
        defer { isCatchingUp = false }
        while true {
            if case .answering = state { return }
            guard !pending.isEmpty else { break }
            receive(pending.removeFirst())
        }
        if let unreadable { return refuse(unreadable) }
        // Of a request that has not come whole nothing more comes.
        if isInputClosed { return end() }
        if isQuiescing, case .idle = state { return end() }
        if isReadHeld {
            isReadHeld = false
            context?.read()
        }
    }

    /// Ends the connection when the other side has read what was written, or does not.
    private func end() {
        guard let context else { return }
        pending.removeAll()
        state = .closing
        deadline = .now() + Self.lingerTime
        timer?.cancel()
        schedule(context)
        guard !isInputClosed else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        if isReadHeld {
            isReadHeld = false
            context.read()
        }
    }

    // MARK: Time

    /// One timer a connection, which finds out when it fires whether its time has come: deadlines move with every request.
    private func schedule(_ context: ChannelHandlerContext) {
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: min(deadline, .now() + service.readTime)) {
            handler.value.checkTime()
        }
    }

    private func checkTime() {
        guard let context else { return }
        if deadline > .now() {
            schedule(context)
            return
        }
        switch state {
        case .reading(let request): reply(service.tooSlow, to: request.head)
        case .idle where isHeadUnderWay: reply(service.tooSlow, to: nil)
        default: context.close(promise: nil)
        }
    }
}
