import NIOCore
import PubSub
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

struct LiveSessionTests {
    private let bench: LiveBench

    init() throws { bench = try LiveBench() }

    /// Reads until all that came contains the text.
    private func read(
        _ stream: ServerSentEventStream, until text: String, into all: inout String
    ) async {
        while !all.contains(text), let more = await stream.next() { all += String(buffer: more) }
    }

    @Test func `a page is shown everything first, then what is new, and its session is told`()
        async throws
    {
        let stream = ServerSentEventStream()
        let session = bench.session()
        async let life: Void = session.run(on: stream)
        var shown = ""
        await read(stream, until: "event: figures", into: &shown)
        #expect(shown.hasPrefix("event: hello\ndata: {\"session\":\"\(session.id)\""))
        #expect(shown.contains("event: page\ndata: {\"agent\":"))
        bench.publish(1)
        await read(stream, until: "event: test", into: &shown)
        #expect(bench.sessions.figures.open == 1 && bench.sessions[session.id] === session)
        stream.close()
        bench.publish(2)
        await life
        #expect(bench.sessions.figures.open == 0 && bench.sessions.figures.opened == 1)
        let names = bench.names
        for name in ["mount.start", "mount.stop", "connected", "disconnected"] {
            #expect(names.filter { $0 == name }.count == 1, "\(name)")
        }
        for name in ["render", "patch", "backlog"] { #expect(names.contains(name), "\(name)") }
        let end = try #require(
            bench.recorder.events.last { $0.name.description.hasSuffix(".disconnected") })
        #expect(end.metadata["view"] == "overview" && end.metadata["reason"] == "closed")
    }

    @Test func `a page that does not keep up loses its own oldest updates and is shown all anew`()
        async throws
    {
        let stream = ServerSentEventStream(capacity: 1)
        let session = bench.session()
        async let life: Void = session.run(on: stream)
        try await waitUntil("the session", deadline: .seconds(60)) {
            bench.sessions.figures.open == 1
        }
        // Nobody reads: publishing goes on all the same.
        for number in 0..<5000 { bench.publish(number) }
        #expect(session.waiting <= LiveSession.mailbox)
        var shown = ""
        await read(stream, until: "data: 4999\n", into: &shown)
        #expect(bench.sessions.figures.lost >= 5000 - 4 * LiveSession.mailbox)
        #expect(shown.components("event: page\n") >= 2)
        let numbers = shown.split(separator: "\n").compactMap {
            $0.hasPrefix("data: ") ? Int($0.dropFirst(6)) : nil
        }
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        stream.close()
        bench.publish(5000)
        await life
    }

    @Test func `nothing works while nobody looks`() async throws {
        let stream = ServerSentEventStream()
        async let life: Void = bench.session().run(on: stream)
        var shown = ""
        await read(stream, until: "event: figures", into: &shown)
        #expect(bench.hub.statistics.subscribers == 2)
        stream.close()
        bench.publish(1)
        await life
        try await waitUntil("the feed to rest", deadline: .seconds(60)) {
            bench.hub.statistics.subscribers == 0
        }
    }

    @Test func `a paused page gets nothing, and everything once it goes on`() async throws {
        let stream = ServerSentEventStream()
        let session = bench.session()
        async let life: Void = session.run(on: stream)
        var shown = ""
        await read(stream, until: "event: figures", into: &shown)
        await session.pause()
        for number in 0..<3 { bench.publish(number) }
        try await waitUntil("the updates to be passed over", deadline: .seconds(60)) {
            session.waiting == 0
        }
        await session.resume()
        shown = ""
        await read(stream, until: "event: page", into: &shown)
        #expect(!shown.contains("event: test"))
        bench.publish(4)
        await read(stream, until: "event: test", into: &shown)
        stream.close()
        bench.publish(5)
        await life
        let handled = bench.recorder.events.filter {
            $0.name.description.hasSuffix(".handle_event.stop")
        }
        #expect(handled.map { $0.metadata["event"] } == ["pause", "resume"])
    }

    @Test func `what a page cannot ask for is an exception of its session`() async throws {
        let session = bench.session()
        let fault = await session.refuse("resum")
        #expect(fault.message.contains("did you mean \"resume\"?"))
        #expect(bench.names == ["handle_event.start", "handle_event.exception"])
        #expect(bench.recorder.events.last?.metadata["kind"] == "RequestFault")
    }

    @Test func `alerts reach the page without their secrets`() async throws {
        let stream = ServerSentEventStream()
        async let life: Void = bench.session().run(on: stream)
        var shown = ""
        await read(stream, until: "event: figures", into: &shown)
        bench.desk.post(.critical, "plugin away", "cannot reach https://ann:hunter22@example.net")
        await read(stream, until: "event: alerts", into: &shown)
        #expect(shown.contains("https://ann:[redacted]@example.net"))
        #expect(!shown.contains("hunter22"))
        stream.close()
        bench.publish(1)
        await life
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
