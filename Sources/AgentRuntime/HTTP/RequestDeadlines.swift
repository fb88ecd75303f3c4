import Glibc
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections whose other side takes too long: to send a request's head, to send the rest of it,
/// or to take the answer. Bytes that trickle in do not prolong any of these.
///
/// An answer of server-sent events may go on for ever; there each piece has to be taken in time, and a client that
/// closes its end is gone.
///
/// Used by one event loop only.
final class RequestDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Limits: Sendable {
        /// From the connection's start to the first request's head.
        var head = TimeAmount.seconds(10)
        /// From an answer's end to the next request's head.
        var idle = TimeAmount.seconds(75)
        /// From a request's head to its end.
        var request = TimeAmount.seconds(30)
        /// From a request's end to the answer's end.
        var response = TimeAmount.seconds(120)
        /// From the writing of a piece of a long-lived answer until the system has taken it.
        var piece = TimeAmount.seconds(30)
        /// How long the system keeps trying to bring a piece of it to the client.
        var delivery = TimeAmount.seconds(60)
    }

    private let limits: Limits
    private var timer: Scheduled<Void>?
    private var isReading = false
    private var isAnswered = true
    private var isLongLived = false
    /// Pieces of a long-lived answer that are on their way.
    private var pieces = 0

    init(_ limits: Limits = Limits()) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(limits.head, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelActive(context: ChannelHandlerContext) {
        start(limits.head, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReading = true
            isAnswered = false
            start(limits.request, context)
        case .body: break
        case .end:
            isReading = false
            start(isAnswered ? limits.idle : limits.response, context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var promise = promise
        switch unwrapOutboundIn(data) {
        case .head(let head): isLongLived = Self.isLongLived(head)
        case .body: break
        case .end:
            isAnswered = true
            isLongLived = false
            // A body that is answered early still has to end.
            if !isReading { start(limits.idle, context) }
        }
        if isLongLived { promise = followed(promise, context) }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isLongLived, case .inputClosed? = event as? ChannelEvent {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Long-lived answers

    private static func isLongLived(_ head: HTTPResponse) -> Bool {
        head.headerFields[.contentType] == ServerSentEvents.contentType
    }

    /// Lets the connection live for as long as its pieces are taken.
    private func followed(
        _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) -> EventLoopPromise<Void> {
        if pieces == 0 {
            start(limits.piece, context)
            let milliseconds = Int(limits.delivery.nanoseconds / 1_000_000)
            context.channel.setOption(.tcpUserTimeout, value: milliseconds).whenFailure { _ in }
        }
        pieces += 1
        let taken = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        taken.futureResult.whenComplete { _ in
            let (deadlines, context) = bound.value
            deadlines.pieceWasTaken(context)
        }
        return taken
    }

    private func pieceWasTaken(_ context: ChannelHandlerContext) {
        pieces -= 1
        guard isLongLived else { return }
        if pieces == 0 { stop() } else { start(limits.piece, context) }
    }

    private func start(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
        stop()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }
}

extension ChannelOption where Self == ChannelOptions.Types.SocketOption {
    /// Milliseconds that sent bytes may stay without a sign that they have arrived.
    ///
    /// Source: tcp(7), TCP_USER_TIMEOUT
    fileprivate static var tcpUserTimeout: Self {
        .tcpOption(NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT))
    }
}
