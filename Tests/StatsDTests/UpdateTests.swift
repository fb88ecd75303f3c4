import CAgentPlugin
import PluginTestSupport
import TestSupport
import Testing

/// What single updates become.
struct UpdateTests {
    private let directory: TemporaryDirectory
    private let receiver: Receiver

    init() throws {
        directory = try TemporaryDirectory()
        receiver = try Receiver(.unixDatagram, in: directory)
    }

    /// One metric's updates: series and value of each.
    private func lines(
        _ kind: UInt32, unit: String = "", _ updates: [(UInt64, agent_value)],
        _ settings: String = ""
    ) throws -> [String] {
        let plugin = try LoadedPlugin(
            to: receiver, #""send": "updates""# + (settings.isEmpty ? "" : ", " + settings))
        let snapshot = FakeSnapshot([
            .init(kind: kind, name: "m", unit: unit, labelNames: ["site"])
        ])
        let answer = push(updates, of: snapshot, to: plugin)
        #expect(answer.status == AGENT_OK && answer.result.outcome == AGENT_EXPORT_OK, "\(answer)")
        #expect(answer.result.accepted == UInt64(updates.count))
        return receiver.lines
    }

    private func push(
        _ updates: [(UInt64, agent_value)], of snapshot: FakeSnapshot, to plugin: LoadedPlugin
    ) -> LoadedPlugin.Answer {
        view(#"site="chi1""#) { labels in
            snapshot.withFamily(0) { family in
                plugin.push(
                    updates.map { series, value in
                        agent_sample(
                            family: family, labels: labels, value: value,
                            time_ns: 1_700_000_000_000_000_000, series_id: series)
                    })
            }
        }
    }

    private let millisecond = exact(1_500_000, -9)

    @Test func `updates of a counter in one batch are added up, exactly`() throws {
        let updates: [(UInt64, agent_value)] = [
            (1, agent_i64(9_007_199_254_740_993)), (2, agent_i64(5)), (1, agent_i64(1)),
            (2, agent_i64(-5)),
        ]
        #expect(try lines(AGENT_METRIC_SUM, updates) == ["m.chi1:9007199254740994|c"])
    }

    @Test func `of a gauge the last value counts`() throws {
        let updates = [(UInt64(1), agent_i64(4)), (2, agent_i64(1)), (1, agent_i64(-2))]
        #expect(
            try lines(AGENT_METRIC_LAST_VALUE, updates) == [
                "m.chi1:0|g", "m.chi1:-2|g", "m.chi1:1|g",
            ])
    }

    @Test func `times are milliseconds as ms, and nothing else is`() throws {
        let rows: [(String, String, String)] = [
            ("seconds", "", "m.chi1:1.5|ms"), ("bytes", "", "m.chi1:0.0015|ms"),
            ("seconds", #""types": {"m": "h"}"#, "m.chi1:0.0015|h"),
            ("seconds", #""types": {"m": "s"}"#, "m.chi1:0.0015|s"),
            ("seconds", #""protocol": "dogstatsd-1.0""#, "m:0.0015|d|#site:chi1"),
            (
                "seconds", #""protocol": "dogstatsd-1.0", "types": {"*": "ms"}"#,
                "m:1.5|ms|#site:chi1"
            ),
        ]
        for (unit, settings, line) in rows {
            let lines = try lines(
                AGENT_METRIC_DISTRIBUTION, unit: unit, [(1, millisecond)], settings)
            #expect(lines == [line])
        }
        #expect(
            try lines(AGENT_METRIC_DISTRIBUTION, unit: "seconds", [(1, agent_f64(0.25))])
                == ["m.chi1:250|ms"])
    }

    @Test func `from 1.1 on several values share a line, within a packet`() throws {
        let updates = (1...30).map { (UInt64(1), agent_i64(Int64($0) + 1_000_000)) }
        let dog = #""packet_bytes": 100, "protocol": "#
        let single = try lines(AGENT_METRIC_SUMMARY, updates, dog + #""dogstatsd-1.0""#)
        #expect(single.count == 30 && single[0] == "m:1000001|h|#site:chi1")
        let packed = try lines(AGENT_METRIC_SUMMARY, updates, dog + #""dogstatsd-1.1""#)
        #expect(packed.count < 10 && packed[0].hasPrefix("m:1000001:1000002:"))
        #expect(packed.allSatisfy { $0.utf8.count <= 100 && $0.hasSuffix("|h|#site:chi1") })
        let values = packed.flatMap {
            $0.split(separator: "|")[0].split(separator: ":").dropFirst().map { Int64($0) }
        }
        #expect(values == updates.map(\.1.as.i64))
        let sets = try lines(
            AGENT_METRIC_SUMMARY, updates, dog + #""dogstatsd-1.1", "types": {"m": "s"}"#)
        #expect(sets.count == 30)
    }

    @Test func `a share of the values is sent, and stated; counters stay whole`() throws {
        let settings = #""sample_rate": 0.25, "packet_bytes": 8000"#
        let updates = (0..<4_000).map { _ in (UInt64(1), agent_i64(7)) }
        let sent = try lines(AGENT_METRIC_DISTRIBUTION, updates, settings)
        // Binomial: 1000 ± 27; a hundred of those are none.
        #expect((800...1_200).contains(sent.count))
        #expect(sent.allSatisfy { $0 == "m.chi1:7|ms|@0.25" })
        #expect(try lines(AGENT_METRIC_COUNTER, updates, settings) == ["m.chi1:28000|c"])
    }

    @Test func `a timestamp stands behind counters and gauges alone`() throws {
        let settings = #""protocol": "dogstatsd-1.3", "timestamps": true"#
        #expect(
            try lines(AGENT_METRIC_LAST_VALUE, [(1, agent_i64(-4))], settings)
                == ["m:-4|g|#site:chi1|T1700000000"])
        #expect(
            try lines(AGENT_METRIC_COUNTER, [(1, agent_i64(4))], settings)
                == ["m:4|c|#site:chi1|T1700000000"])
        #expect(
            try lines(AGENT_METRIC_SUMMARY, [(1, agent_i64(4))], settings)
                == ["m:4|h|#site:chi1"])
    }

    @Test func `up-down counters are gauges at each export, not changes in the stream`() throws {
        let updates = [(UInt64(1), agent_i64(1)), (1, agent_i64(1))]
        #expect(try lines(AGENT_METRIC_UP_DOWN_COUNTER, updates) == [])
        let plugin = try LoadedPlugin(to: receiver, #""send": "updates""#)
        let snapshot = FakeSnapshot([
            .counter("c", [.init(id: 1, value: agent_i64(1))]),
            .init(
                kind: AGENT_METRIC_UP_DOWN_COUNTER, name: "m",
                series: [.init(id: 1, value: agent_i64(2), start: 0)]),
        ])
        #expect(plugin.export(snapshot).result.outcome == AGENT_EXPORT_OK)
        #expect(receiver.lines == ["m:2|g"])
    }

    @Test func `a batch none of which went comes again, later; then updates flow`() throws {
        let plugin = try LoadedPlugin(to: receiver, #""send": "updates""#)
        let snapshot = FakeSnapshot([.init(kind: AGENT_METRIC_COUNTER, name: "m")])
        let updates = [(UInt64(1), agent_i64(1))]
        receiver.stop()
        let first = push(updates, of: snapshot, to: plugin)
        #expect(first.result.outcome == AGENT_EXPORT_RETRY && first.result.retry_after_ns > 0)
        // Within the pause nothing is tried.
        let second = push(updates, of: snapshot, to: plugin)
        #expect(second.result.outcome == AGENT_EXPORT_RETRY && second.why == first.why)
        #expect(second.result.retry_after_ns <= first.result.retry_after_ns)
        let back = try Receiver(.unixDatagram, in: directory)
        var answer = second
        while answer.result.outcome == AGENT_EXPORT_RETRY {
            answer = push(updates, of: snapshot, to: plugin)
        }
        #expect(answer.result.outcome == AGENT_EXPORT_OK)
        #expect(back.lines == ["m.chi1:1|c"])
    }
}
