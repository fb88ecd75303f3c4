import CAgentPlugin
import PluginTestSupport
import TestSupport
import Testing

/// What a server that reads tags makes of the lines; it adds up what differs in tags alone.
struct NetdataTests {
    @Test func `netdata takes every line with tags, and adds up to the same`() async throws {
        let netdata = try await NetdataServer()
        let plugin = try LoadedPlugin(
            #"""
            {"address": "127.0.0.1:\#(netdata.port)", "protocol": "dogstatsd-1.0",
             "tags": ["env:test", "region:eu"]}
            """#)
        let labels = [#"a:b|c"#, #"x\ny:1|c"#, "#tag,@0.1", "Zürich", "", "plain"]
        for step in 1...10 as ClosedRange<Int64> {
            let counter = FakeSnapshot.Family.counter(
                "requests_total",
                labels.enumerated().map { number, label in
                    .init(
                        id: UInt64(number), labels: "site=\"\(label)\"",
                        value: agent_i64(step * Int64(number + 1)))
                })
            let gauge = FakeSnapshot.Family.gauge("temperature_now", agent_i64(-step))
            let answer = plugin.export(FakeSnapshot([counter, gauge]))
            #expect(answer.result.outcome == AGENT_EXPORT_OK, "\(answer.why)")
        }
        let total = 210.0
        try await waitUntil("all counts") {
            // It spreads what came over the seconds it came in.
            let sum = try await netdata.sums(of: "statsd_requests.total_counter")?["counter"]
            return abs((sum ?? 0) - total) < 0.01
        }
        let events = try await netdata.sums(of: "netdata.statsd_events")
        #expect(events?["unknown"] == 0 && events?["errors"] == 0, "\(events ?? [:])")
    }
}
