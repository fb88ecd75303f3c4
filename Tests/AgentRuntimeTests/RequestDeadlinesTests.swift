import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import AgentRuntime

struct RequestDeadlinesTests {
    private static let limits = RequestDeadlines.Limits()
    private static let head = HTTPRequestPart.head(
        HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/"))
    private static let answer = HTTPResponsePart.head(HTTPResponse(status: .ok))

    /// A connection whose time only moves when it is told to.
    private struct Connection {
        let channel: EmbeddedChannel
        let loop: EmbeddedEventLoop

        init() throws {
            loop = EmbeddedEventLoop()
            channel = EmbeddedChannel(handler: RequestDeadlines(), loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func receive(_ parts: HTTPRequestPart...) throws {
            for part in parts { try channel.writeInbound(part) }
        }

        func send(_ parts: HTTPResponsePart...) throws {
            for part in parts { try channel.writeOutbound(part) }
        }

        /// Whether it lives until just before a limit, and ends with it.
        func expectEnd(after limit: TimeAmount) {
            loop.advanceTime(by: limit - .nanoseconds(1))
            #expect(channel.isActive)
            loop.advanceTime(by: .nanoseconds(1))
            #expect(!channel.isActive)
        }
    }

    @Test func `a connection that sends no head ends`() throws {
        try Connection().expectEnd(after: Self.limits.head)
    }

    @Test func `a body that trickles in gains no time by it`() throws {
        let connection = try Connection()
        try connection.receive(Self.head)
        connection.loop.advanceTime(by: Self.limits.request - .seconds(1))
        try connection.receive(.body(ByteBuffer(string: "x")))
        connection.expectEnd(after: .seconds(1))
    }

    @Test func `an answer that is not taken ends its connection`() throws {
        let connection = try Connection()
        try connection.receive(Self.head, .end(nil))
        try connection.send(Self.answer, .body(ByteBuffer(string: "x")))
        connection.expectEnd(after: Self.limits.response)
    }

    @Test func `between two requests a connection may idle, and no longer`() throws {
        let connection = try Connection()
        try connection.receive(Self.head, .end(nil))
        try connection.send(Self.answer, .end(nil))
        connection.loop.advanceTime(by: Self.limits.idle - .seconds(1))
        try connection.receive(Self.head, .end(nil))
        try connection.send(Self.answer, .end(nil))
        connection.expectEnd(after: Self.limits.idle)
    }

    @Test func `a request that is answered before it has ended still has to end`() throws {
        let connection = try Connection()
        try connection.receive(Self.head)
        try connection.send(Self.answer, .end(nil))
        connection.expectEnd(after: Self.limits.request)
    }

    @Test func `a connection that has ended leaves no timer`() throws {
        let connection = try Connection()
        try connection.channel.close().wait()
        connection.loop.advanceTime(by: .hours(1))
        #expect(try connection.channel.finish(acceptAlreadyClosed: true).isClean)
    }

    // MARK: Long-lived answers

    private static let stream = HTTPResponsePart.head(
        HTTPResponse(status: .ok, headerFields: [.contentType: "text/event-stream"]))

    /// Keeps what is written from going out, as a client does that does not read.
    private final class Dam: ChannelOutboundHandler {
        typealias OutboundIn = HTTPResponsePart
        var held: [EventLoopPromise<Void>] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            promise.map { held.append($0) }
        }

        func open() {
            for promise in held { promise.succeed() }
            held = []
        }
    }

    @Test func `an answer of server-sent events may go on for ever`() throws {
        let connection = try Connection()
        try connection.receive(Self.head, .end(nil))
        try connection.send(Self.stream)
        for _ in 0..<100 {
            connection.loop.advanceTime(by: .minutes(10))
            try connection.send(.body(ByteBuffer(string: ":\n\n")))
        }
        #expect(connection.channel.isActive)
        try connection.send(.end(nil))
        connection.expectEnd(after: Self.limits.idle)
    }

    @Test func `a client that does not take a piece of it is let go of`() throws {
        let connection = try Connection()
        let dam = Dam()
        try connection.channel.pipeline.syncOperations.addHandler(dam, position: .first)
        try connection.receive(Self.head, .end(nil))
        connection.channel.write(Self.stream, promise: nil)
        connection.channel.write(HTTPResponsePart.body(ByteBuffer(string: "x")), promise: nil)
        connection.loop.advanceTime(by: Self.limits.piece - .seconds(1))
        dam.open()
        connection.loop.advanceTime(by: .hours(1))
        #expect(connection.channel.isActive)
        connection.channel.write(HTTPResponsePart.body(ByteBuffer(string: "y")), promise: nil)
        connection.expectEnd(after: Self.limits.piece)
        dam.open()
    }

    @Test func `a client that closes its end of it is gone`() throws {
        let connection = try Connection()
        try connection.receive(Self.head, .end(nil))
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(connection.channel.isActive)
        try connection.send(Self.stream)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!connection.channel.isActive)
    }
}
