import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct ExporterTests {
    let agent: HostUnderTest

    init() throws { agent = try HostUnderTest() }

    @Test func `an exporter is called at its interval with all series, and once more at the end`()
        async throws
    {
        let recorder = try EventRecorder(agent.bus, "agent.exporter.*")
        var spec = agent.spec("good")
        spec.interval = .milliseconds(20)
        try await agent.start(spec)
        agent.bus.execute("fixture.event", ["depth": 3], ["site": "chi1"])
        try await waitUntil { agent.report("good")?.counters.exports["ok"] ?? 0 >= 3 }
        #expect(agent.report("good")?.status.level == .ok)
        #expect(agent.value("good_depth", "site=\"chi1\"") == 3)

        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        let calls = try #require(agent.reported("good"))
        let stops = recorder.events.filter { $0.name == "agent.exporter.export.stop" }
        #expect(stops.count == calls)
        #expect(stops.last?.metadata["result"] == "ok")
        #expect(stops.last?.metadata["plugin"] == "good")
        #expect(stops.last?.measurements["samples"] == 2)
        #expect(stops.last?.measurements["duration"] != nil)
        #expect(agent.host.instances.isEmpty)
    }

    @Test func `one that is not due yet makes its one export when the agent stops`() async throws {
        var spec = agent.spec("good")
        spec.interval = .seconds(3600)
        try await agent.start(spec)
        #expect(agent.reported("good") == nil)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        #expect(agent.reported("good") == 1)
    }

    static let outcomes: [(number: Int, result: String, level: PluginStatus.Level)] = [
        (1, "retry", .degraded), (2, "partial", .degraded), (3, "reject", .degraded),
        (4, "fatal", .failed), (17, "retry", .degraded), (-1, "error", .degraded),
        (-2000, "error", .degraded),
    ]

    @Test(arguments: outcomes)
    func `what an export answers is counted and shown`(
        number: Int, result: String, level: PluginStatus.Level
    ) async throws {
        let recorder = try EventRecorder(agent.bus, "agent.exporter.*")
        try await agent.start(agent.spec("export-outcome", number: number))
        try await waitUntil { agent.report("export-outcome")?.status.level == level }
        let report = try #require(agent.report("export-outcome"))
        #expect(report.counters.exports[result] ?? 0 >= 1)
        #expect(report.status.why.contains("the receiver did not want it"), "\(report.status)")
        #expect(report.counters.samplesAccepted >= (number < 0 ? 0 : 7))
        if number < 0 {
            #expect(report.counters.codes[Int32(number)] ?? 0 >= 1)
            let event = recorder.events.first { $0.name == "agent.exporter.export.exception" }
            #expect(event?.metadata["reason"] == "the receiver did not want it")
        } else {
            let event = recorder.events.first { $0.name == "agent.exporter.export.stop" }
            #expect(event?.metadata["result"] == .string(result))
            #expect(event?.measurements["bytes"] == 90)
        }
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test func `a fatal answer ends the calls, also the last one`() async throws {
        let failed = try EventRecorder(agent.bus, "agent.plugin.failed")
        try await agent.start(agent.spec("export-outcome", number: 4))
        try await waitUntil { agent.report("export-outcome")?.status.level == .failed }
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        #expect(failed.events.map { $0.metadata["reason"] } == ["export_fatal"])
    }

    @Test func `an overrunning export is noticed while it hangs, and left alone until it returns`()
        async throws
    {
        try await agent.start(agent.spec("overrun-export", number: 1500))
        let hanging = try await waitFor("a hanging export to be noticed") {
            let report = agent.report("overrun-export")
            return report?.status.level == .degraded ? report : nil
        }
        #expect(hanging.status.why.contains("past its deadline"))
        #expect(hanging.counters.overruns >= 1)
        try await waitUntil { agent.reported("overrun-export") ?? 0 >= 2 }
        // Never two at once: all calls but the newest had come back when it began.
        let begun = try #require(agent.reported("overrun-export"))
        let ended = agent.report("overrun-export")?.counters.exports.values.reduce(0, +) ?? 0
        #expect(begun <= Int(ended) + 1)
        try await waitUntil { agent.report("overrun-export")?.counters.exportsDropped ?? 0 >= 1 }
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `one that does not come back is abandoned, and the others stop as they should`()
        async throws
    {
        let failed = try EventRecorder(agent.bus, "agent.plugin.failed")
        try await agent.start(agent.spec("overrun-export", number: 20_000))
        var good = agent.spec("good")
        good.interval = .seconds(3600)
        try await agent.start(good)
        try await waitUntil { agent.reported("overrun-export") != nil }
        #expect(await agent.host.stop(deadline: .milliseconds(500)) == ["overrun-export"])
        #expect(agent.host.abandonedCount == 1)
        #expect(agent.reported("good") == 1)
        #expect(failed.events.map { $0.metadata["reason"] } == ["abandoned"])
    }
}
