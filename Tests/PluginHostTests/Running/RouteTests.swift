import MetricRegistry
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct RouteTests {
    let agent: HostUnderTest

    init() throws { agent = try HostUnderTest() }

    private func route(_ path: String) throws -> PluginRoute {
        try #require(agent.host.routes.first { $0.path == path })
    }

    @Test func `a route is listed and answers what it is asked`() async throws {
        try await agent.start(agent.spec("route-good"))
        let echo = try route("/fixture/echo")
        #expect(echo.methods == ["GET", "HEAD"])
        #expect(echo.wantsSnapshot)
        #expect(echo.plugin == "route-good")
        let request = PluginRequest(
            method: "GET", path: "/fixture/echo", query: "a=1", remote: "127.0.0.1:5",
            headers: [
                (name: "accept", value: "text/plain"), (name: "accept-encoding", value: "gzip"),
            ])
        let answer = RecordedAnswer()
        #expect(echo.handle(request, answer) == .completed)
        #expect(answer.status == 200)
        #expect(answer.headers.first?.value == "text/plain; charset=utf-8")
        let families = agent.registry.snapshot().families.count
        #expect(
            answer.text
                == "method=GET\nquery=a=1\naccept=text/plain\naccept_encoding=gzip\nfamilies=\(families)\n"
        )
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test func `a large answer is streamed in pieces, and ends when the client goes`() async throws
    {
        try await agent.start(agent.spec("route-good", number: 1_000_000))
        let large = try route("/fixture/large")
        let request = PluginRequest(method: "GET", path: "/fixture/large")
        let whole = RecordedAnswer()
        #expect(large.handle(request, whole) == .completed)
        #expect(whole.size == 1_000_000)
        #expect(whole.pieces == 16)
        let cut = RecordedAnswer(takes: 3)
        #expect(large.handle(request, cut) == .broken(reason: "plugin route-good answered closed"))
        #expect(cut.pieces == 3)
        let counters = try #require(agent.report("route-good")?.counters)
        #expect(counters.requests == 2)
        #expect(counters.requestFailures == 1)
        _ = await agent.host.stop(deadline: .seconds(180))
        #expect(
            large.handle(request, RecordedAnswer())
                == .refused(status: 503, reason: "plugin route-good is being stopped"))
    }

    @Test func `stopping waits for a request under way`() async throws {
        try await agent.start(agent.spec("route-good", number: 200_000))
        let large = try route("/fixture/large")
        let slow = RecordedAnswer(holds: true)
        let handled = Task {
            try await onOwnThread {
                large.handle(PluginRequest(method: "GET", path: "/fixture/large"), slow)
            }
        }
        try await waitUntil { slow.status != nil }
        let stopping = Task { [agent] in await agent.host.stop(deadline: .seconds(180)) }
        try await waitUntil {
            large.handle(PluginRequest(method: "GET", path: "/fixture/large"), RecordedAnswer())
                != .completed
        }
        slow.letGo()
        #expect(try await handled.value == .completed)
        #expect(await stopping.value == [])
        #expect(slow.size == 200_000)
    }

    @Test func `two plugins cannot answer one path`() async throws {
        try await agent.start(agent.spec("route-good", name: "first"))
        await #expect(throws: PluginRefusal.self) {
            try await agent.start(agent.spec("route-good", name: "second"))
        }
        #expect(agent.host.instances.map(\.name) == ["first"])
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test(
        arguments: [
            (0, "a header is \"x-note\"; expected a token and one line", nil),
            (1, "it announced a body of 5 bytes and wrote 10", 10),
            (2, "it announced a body of 5 bytes and wrote 3", 3),
            (3, "it began its answer twice", 10),
            (4, "it wrote a body to an answer whose status allows none", 0),
            (5, "it wrote a body before it began its answer", 10),
        ] as [(Int, String, Int?)])
    func `what no answer may be is kept from the client, counted, and told with the plugin's name`(
        number: Int, violation: String, size: Int?
    ) async throws {
        try await agent.start(agent.spec("route-bad", number: number))
        let answer = RecordedAnswer()
        let outcome = try route("/fixture/bad").handle(
            PluginRequest(method: "GET", path: "/fixture/bad"), answer)
        #expect((answer.status == nil) == (size == nil), "\(outcome)")
        #expect(answer.size == size ?? 0)
        #expect(answer.headers.isEmpty, "framing is the host's")
        #expect(agent.report("route-bad")?.counters.requestFailures ?? 0 >= 1)
        #expect(
            agent.messages.all.contains { $0.contains("route-bad: ") && $0.contains(violation) },
            "\(agent.messages.all)")
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test(arguments: ["route-root", "route-health", "route-v1"])
    func `a path that is the agent's own is refused`(library: String) async throws {
        let outcome = try #require(await agent.host.start([agent.spec(library)]).first)
        do {
            _ = try outcome.result.get()
            Issue.record("it was started")
        } catch {
            #expect(error.description.contains("not the agent's own"), "\(error)")
        }
    }
}
