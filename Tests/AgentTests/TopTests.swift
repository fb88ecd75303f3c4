import Foundation
import TestSupport
import Testing

/// `agent top`, and what it asks: what a running agent is busy with.
@Suite(.serialized) struct TopTests {
    private let automated: AutomatedAgent

    init() async throws { automated = try await AutomatedAgent() }

    @Test
    func `a frame has rates by event, series with their worst label, plugins and the process`()
        async throws
    {
        let top = try ChildProcess(
            agentExecutable, ["top", "--json", "--interval", "300ms"] + automated.target)
        // Emitted until they were seen: how long a frame lasts is the machine's business.
        let frame = try await waitFor("a frame with events") {
            _ = try await automated.agent.client.post("/api/v2/write", "shop.paid n=1i")
            _ = try await automated.agent.client.get("/metrics")
            return try top.output.split(separator: "\n").dropLast().compactMap { line in
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? AutomatedAgent.Object
            }.first { frame in
                let events = frame["events"] as? [AutomatedAgent.Object] ?? []
                return events.contains { $0["event"] as? String == "shop.paid" }
            }
        }
        top.terminate()
        let events = try #require(frame["events"] as? [AutomatedAgent.Object])
        let paid = try #require(events.first { $0["event"] as? String == "shop.paid" })
        #expect((paid["count"] as? Int ?? 0) > 0 && (paid["per_second"] as? Double ?? 0) > 0)
        let metrics = try #require(frame["metrics"] as? [AutomatedAgent.Object])
        let series = metrics.compactMap { $0["series"] as? Int }
        #expect(series == series.sorted(by: >) && !series.isEmpty)
        let own = try #require(metrics.first { $0["metric"] as? String == "agent_series" })
        let worst = try #require(own["worst_label"] as? AutomatedAgent.Object)
        #expect(worst["label"] as? String == "metric")
        #expect(worst["values"] as? Int == own["series"] as? Int)
        let plugins = try #require(frame["plugins"] as? [AutomatedAgent.Object])
        #expect(plugins.compactMap { $0["plugin"] as? String }.contains("prometheus"))
        #expect(plugins.allSatisfy { $0["status"] as? String == "ok" })
        let process = try #require(frame["process"] as? AutomatedAgent.Object)
        #expect((process["resident_bytes"] as? Int ?? 0) > 1 << 20)
        #expect((process["cpu_ratio"] as? Double ?? -1) >= 0)
    }

    @Test func `time spent in a plugin shows as busy`() async throws {
        let top = try ChildProcess(
            agentExecutable, ["top", "--json", "--interval", "300ms"] + automated.target)
        try await waitUntil("a busy exporter") {
            for _ in 0..<5 { _ = try await automated.agent.client.get("/metrics") }
            return try top.output.split(separator: "\n").dropLast().contains { line in
                let frame =
                    try JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? AutomatedAgent.Object
                let plugins = frame?["plugins"] as? [AutomatedAgent.Object] ?? []
                return plugins.contains {
                    $0["plugin"] as? String == "prometheus"
                        && $0["busy_ratio"] as? Double ?? 0 > 0
                        && $0["requests_per_second"] as? Double ?? 0 > 0
                }
            }
        }
        top.terminate()
    }

    @Test func `time spent in the agent's own handlers shows, those in front of them too`()
        async throws
    {
        let top = try ChildProcess(
            agentExecutable, ["top", "--json", "--interval", "300ms"] + automated.target)
        // Events until all of these were seen: those of runs go to the log and into metrics.
        try await waitUntil("busy handlers") {
            _ = try await automated.run(
                try await automated.start("echo hi"), until: "ok", "error", "timeout")
            return try top.output.split(separator: "\n").dropLast().contains { line in
                let frame =
                    try JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? AutomatedAgent.Object
                let handlers = frame?["handlers"] as? [AutomatedAgent.Object] ?? []
                func names(_ test: (AutomatedAgent.Object) -> Bool) -> Set<String> {
                    Set(handlers.filter(test).compactMap { $0["handler"] as? String })
                }
                let called = names { $0["calls"] as? Int ?? 0 > 0 }
                let busy = names {
                    $0["busy_ratio"] as? Double ?? 0 > 0 && $0["call_seconds"] as? Double ?? 0 > 0
                }
                return called.contains("agent.top.1")
                    && busy.isSuperset(of: ["metric-registry", "agent.log.runs"])
            }
        }
        top.terminate()
    }

    @Test func `elsewhere than on a terminal one frame is plain text`() async throws {
        let once = try await automated.command("top", "--once", "--interval", "200ms")
        #expect(once.exit == .code(0) && once.errors == "")
        #expect(once.output.hasPrefix("agent ") && once.output.contains("\nMETRIC "))
        #expect(once.output.contains("\nPLUGIN ") && !once.output.contains("\u{1B}"))
        let wrong = try await automated.command("top", "--once", "--interval", "1us")
        #expect(wrong.exit == .code(1) && wrong.errors.contains("interval"))
        let gone = try await ChildProcess.run(
            agentExecutable, ["top", "--once", "--address", "127.0.0.1:1"])
        #expect(gone.exit == .code(1) && gone.errors.contains("is it running there?"))
    }
}
