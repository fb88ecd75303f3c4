import NIOCore
import NIOHTTPTypes

/// Ends connections whose other side takes too long: to send a request's head, to send the rest of it,
/// or to take the answer. Bytes that trickle in do not prolong any of these.
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
    }

    private let limits: Limits
    private var timer: Scheduled<Void>?
    private var isReading = false
    private var isAnswered = true

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
        if case .end = unwrapOutboundIn(data) {
            isAnswered = true
            // A body that is answered early still has to end.
            if !isReading { start(limits.idle, context) }
        }
        context.write(data, promise: promise)
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
