import CAgentPlugin
import PluginTestSupport
import TestSupport
import Testing

/// What a StatsD server that others wrote makes of the lines.
struct CollectdTests {
    @Test func `collectd takes every line, and its sums are the registry's`() async throws {
        let collectd = try await CollectdServer()
        let plugin = try LoadedPlugin(
            #"{"address": "127.0.0.1:\#(collectd.port)", "prefix": "agent"}"#)
        let hostile = [#"a:b|c"#, #"x\ny:1|c"#, "#tag,@0.1", "Zürich\u{2028}", "", "plain"]
        for step in 1...20 as ClosedRange<Int64> {
            let counter = FakeSnapshot.Family.counter(
                "requests_total",
                hostile.enumerated().map { number, label in
                    .init(
                        id: UInt64(number), labels: "site=\"\(label)\"",
                        value: agent_i64(step * Int64(number + 1)))
                })
            let seconds = FakeSnapshot.Family(
                kind: AGENT_METRIC_DISTRIBUTION, name: "duration_seconds", unit: "seconds",
                series: [.init(id: 50, sum: exact(step * 1_500, -3), count: UInt64(step * 3))])
            let gauge = FakeSnapshot.Family.gauge("temperature", agent_f64(-Double(step) / 2))
            let answer = plugin.export(FakeSnapshot([counter, seconds, gauge]))
            #expect(answer.result.outcome == AGENT_EXPORT_OK, "\(answer.why)")
        }
        let names = ["a_b_c", "x_y_1_c", "_tag__0_1", "Z_rich_", "_", "plain"]
        try await waitUntil("all counts") {
            try collectd.values("derive")["agent.requests_total.plain"] == 120
        }
        let counts = try collectd.values("derive")
        for (number, name) in names.enumerated() {
            #expect(counts["agent.requests_total.\(name)"] == Double(20 * (number + 1)), "\(name)")
        }
        #expect(counts["agent.duration_seconds.count"] == 60)
        #expect(counts["agent.duration_seconds.sum"] == 30)
        #expect(try collectd.values("gauge")["agent.temperature"] == -10)
        #expect(!collectd.log.contains("nable to parse"), "\(collectd.log)")
    }
}
