import MetricRegistry
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct StreamTests {
    let agent: HostUnderTest

    init() throws { agent = try HostUnderTest() }

    private func emit(_ count: Int, site: String = "chi1") {
        for index in 1...count {
            agent.bus.execute(
                "fixture.event", ["depth": .integer(Int64(index))], ["site": .string(site)])
        }
    }

    @Test func `every update of every series reaches a stream, in its metric's terms`() async throws
    {
        try await agent.start(agent.spec("good"))
        try await agent.start(agent.spec("stream-good"))
        emit(3)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        let lines = agent.contents("stream-good").split(separator: "\n")
        #expect(Self.sum(of: "good_events_total", lines) == 3)
        #expect(
            lines.filter { $0.hasPrefix("good_depth") } == [
                "good_depth{site=\"chi1\"} 1", "good_depth{site=\"chi1\"} 2",
                "good_depth{site=\"chi1\"} 3",
            ])
    }

    @Test func `a stream sees what its filter lets through`() async throws {
        try await agent.start(agent.spec("good"))
        var spec = agent.spec("stream-good")
        spec.filter = SnapshotFilter(
            include: [.init(metric: "good_*", labels: ["site": ["a\"b,c", "ams1"]])],
            exclude: [.init(metric: "*_total")])
        try await agent.start(spec)
        emit(2)
        emit(1, site: "a\"b,c")
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        #expect(agent.contents("stream-good") == "good_depth{site=\"a\\\"b,c\"} 1\n")
    }

    @Test func `a batch that is not taken is brought again`() async throws {
        try await agent.start(agent.spec("good"))
        var spec = agent.spec("stream-good")
        spec.settings = "{\"path\":\"\(agent.files.path("late"))\",\"number\":2}"
        try await agent.start(spec)
        emit(1)
        try await waitUntil {
            (agent.report("stream-good")?.counters.samplesStreamed ?? 0)
                + (agent.report("stream-good")?.counters.samplesDropped ?? 0) == 2
        }
        try await waitUntil { agent.report("stream-good")?.status.level == .ok }
        #expect(agent.contents("late").contains("good_depth{site=\"chi1\"} 1"))
        let counters = try #require(agent.report("stream-good")?.counters)
        #expect(counters.exports["retry"] == 2)
        #expect(counters.samplesDropped == 0)
        #expect(counters.samplesStreamed == 2)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `an instance that wants no updates gets none, until one that does replaces it`()
        async throws
    {
        try await agent.start(agent.spec("good"))
        let deaf = agent.spec("stream-good", name: "stream", number: -2)
        try await agent.start(deaf)
        emit(1, site: "before")
        _ = try await agent.host.replace(agent.spec("stream-good", name: "stream")).result.get()
        emit(1, site: "between")
        try await waitUntil { agent.report("stream")?.counters.samplesStreamed == 2 }
        _ = try await agent.host.replace(deaf).result.get()
        emit(1, site: "after")
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        let lines = agent.contents("stream").split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("between") })
    }

    @Test func `a stream is replaced while updates flow, and each comes once`() async throws {
        try await agent.start(agent.spec("good"))
        try await agent.start(agent.spec("stream-good", name: "stream"))
        let emitters = Emitters()
        emitters.start(2) { [agent] in
            agent.bus.execute("fixture.event", ["depth": 1], ["site": "chi1"])
        }
        for _ in 0..<4 {
            _ = try await agent.host.replace(agent.spec("stream-good", name: "stream")).result.get()
        }
        let count = await emitters.finish()
        try await waitUntil {
            let counters = agent.report("stream")?.counters
            return (counters?.samplesStreamed ?? 0) + (counters?.samplesDropped ?? 0)
                == UInt64(2 * count)
        }
        let streamed = try #require(agent.report("stream")?.counters.samplesStreamed)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        let lines = agent.contents("stream").split(separator: "\n")
        let depths = lines.count { $0.hasPrefix("good_depth") }
        #expect(Self.sum(of: "good_events_total", lines) + depths == Int(streamed))
    }

    /// Samples of a counter may be several updates each.
    private static func sum(of metric: String, _ lines: [Substring]) -> Int {
        lines.filter { $0.hasPrefix(metric + "{") }
            .reduce(0) { $0 + ($1.split(separator: " ").last.flatMap { Int($0) } ?? 0) }
    }

    @Test func `a burst of a counter is one sample, and nothing of it is lost`() async throws {
        try await agent.start(agent.spec("good"))
        var spec = agent.spec("stream-good")
        spec.filter = SnapshotFilter(include: [.init(metric: "good_events_total")])
        try await agent.start(spec)
        let count = StreamQueue.maximumSamples + 1_000
        for index in 0..<count {
            agent.bus.execute(
                "fixture.event", [:], ["site": .string(index % 2 == 0 ? "chi1" : "ams1")])
        }
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        let lines = agent.contents("stream-good").split(separator: "\n")
        #expect(Self.sum(of: "good_events_total", lines) == count)
    }

    static let rendered: [(text: String, label: String, value: String?)] = [
        ("site=\"chi1\",status=\"ok\"", "status", "ok"),
        ("site=\"chi1\",status=\"ok\"", "site", "chi1"),
        ("site=\"chi1\"", "sit", nil),
        ("a=\"x\\\"y\\\\z\\nw,b=\",b=\"2\"", "a", "x\"y\\z\nw,b="),
        ("a=\"x\\\"y\\\\z\\nw,b=\",b=\"2\"", "b", "2"),
        ("a=\"\",b=\"\"", "b", ""),
        ("", "a", nil),
        ("a=\"unfinished", "b", nil),
        ("a=", "b", nil),
        ("a=\"x\\", "a", "x\\"),
    ]

    @Test(arguments: rendered)
    func `a label's value is read back from rendered text`(
        text: String, label: String, value: String?
    ) {
        #expect(RenderedLabels.value(of: label, in: Array(text.utf8)[...]) == value)
    }
}
