import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import AgentRuntime

struct ServerSentEventStreamTests {
    private static let event = ServerSentEvent("e", data: "x")
    private static let written = "event: e\ndata: x\n\n"

    private func text(_ buffer: ByteBuffer?) -> String? { buffer.map { String(buffer: $0) } }

    @Test func `what was sent comes out together, then the end`() async {
        let stream = ServerSentEventStream()
        #expect(await stream.send(Self.event))
        #expect(await stream.send(Self.event))
        stream.end()
        #expect(text(await stream.next()) == Self.written + Self.written)
        #expect(await stream.next() == nil)
        #expect(await !stream.send(Self.event))
    }

    @Test func `a maker waits while the client does not read, and loses nothing`() async throws {
        let stream = ServerSentEventStream(capacity: 64)
        let sent = Mutex(0)
        async let made: Void = {
            while sent.withLock({ $0 }) < 1000, await stream.send(Self.event) {
                sent.withLock { $0 += 1 }
            }
            stream.end()
        }()
        var all = ""
        while let buffer = await stream.next() {
            #expect(buffer.readableBytes < 64 + Self.written.utf8.count)
            all += String(buffer: buffer)
        }
        await made
        #expect(all == String(repeating: Self.written, count: 1000))
    }

    @Test func `a client that goes ends a maker that waits`() async throws {
        let stream = ServerSentEventStream(capacity: 1)
        #expect(await stream.send(Self.event))
        async let second = stream.send(Self.event)
        async let gone: Void = stream.waitUntilClosed()
        stream.close()
        #expect(await !second)
        await gone
        #expect(await stream.next() == nil)
    }

    @Test func `a heartbeat is sent only where nothing else is under way`() async {
        let stream = ServerSentEventStream()
        stream.beat()
        stream.beat()
        #expect(text(await stream.next()) == ":\n\n")
        #expect(await stream.send(Self.event))
        stream.beat()
        #expect(text(await stream.next()) == Self.written)
    }

    @Test
    func `an answer begins with how long to wait before coming back, and ends with its maker`()
        async throws
    {
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"),
            body: RequestBody(buffer: ByteBuffer()))
        let exchange = HTTPExchange(request, peer: nil, local: nil)
        let response = ServerSentEvents.response(to: exchange, retry: .milliseconds(250)) {
            stream in
            _ = await stream.send(Self.event)
        }
        #expect(response.headers[.contentType] == "text/event-stream")
        #expect(try await BodyCollector.text(of: response) == "retry: 250\n\n" + Self.written)
    }

    @Test func `a quiet answer beats`() async throws {
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"),
            body: RequestBody(buffer: ByteBuffer()))
        let exchange = HTTPExchange(request, peer: nil, local: nil)
        let isOver = Mutex(false)
        let response = ServerSentEvents.response(to: exchange, heartbeat: .milliseconds(5)) { _ in
            try? await waitUntil { isOver.withLock { $0 } }
        }
        let collector = BodyCollector()
        async let written: Void = response.body.write(collector)
        try await waitUntil("heartbeats") { collector.text.contains(":\n\n:\n\n") }
        isOver.withLock { $0 = true }
        try await written
        #expect(collector.hasEnded)
    }
}
