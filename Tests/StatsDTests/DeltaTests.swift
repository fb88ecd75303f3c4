import CAgentPlugin
import PluginTestSupport
import TestSupport
import Testing

/// What one export after the other sends.
struct DeltaTests {
    private let directory: TemporaryDirectory
    private let receiver: Receiver

    init() throws {
        directory = try TemporaryDirectory()
        receiver = try Receiver(.unixDatagram, in: directory)
    }

    private func counter(_ value: agent_value, start: Int64 = 1, id: UInt64 = 1)
        -> FakeSnapshot.Family
    {
        .init(
            kind: AGENT_METRIC_SUM, name: "c", series: [.init(id: id, value: value, start: start)])
    }

    @Test func `only what was added is sent, and nothing where nothing was`() throws {
        let plugin = try LoadedPlugin(to: receiver)
        let rows: [(agent_value, [String])] = [
            (agent_i64(5), ["c:5|c"]), (agent_i64(5), []), (agent_i64(12), ["c:7|c"]),
            (agent_i64(9_007_199_254_740_993), ["c:9007199254740981|c"]),
            (agent_i64(9_007_199_254_740_994), ["c:1|c"]),
        ]
        for (value, lines) in rows {
            #expect(plugin.export(FakeSnapshot([counter(value)])).result.outcome == AGENT_EXPORT_OK)
            #expect(receiver.lines == lines)
        }
    }

    @Test func `a series that began anew counts from zero`() throws {
        let plugin = try LoadedPlugin(to: receiver)
        let rows: [(FakeSnapshot.Family, [String])] = [
            (counter(agent_i64(5)), ["c:5|c"]),
            (counter(agent_i64(8), start: 2), ["c:8|c"]),
            // The same memory, and so the same id, for another series later on.
            (counter(agent_i64(8), start: 3), ["c:8|c"]),
            (counter(agent_i64(3), start: 3), ["c:3|c"]),
            (counter(agent_i64(4), start: 3), ["c:1|c"]),
        ]
        for (family, lines) in rows {
            _ = plugin.export(FakeSnapshot([family]))
            #expect(receiver.lines == lines)
        }
    }

    @Test func `a series that was gone for an export is forgotten`() throws {
        let plugin = try LoadedPlugin(to: receiver)
        let many = (0..<200).map {
            FakeSnapshot.Series(id: UInt64($0), labels: "site=\"\($0)\"", value: agent_i64(1))
        }
        _ = plugin.export(FakeSnapshot([.counter("c", many)]))
        #expect(receiver.lines.count == 200)
        _ = plugin.export(FakeSnapshot([.counter("c", Array(many[100...]))]))
        #expect(receiver.lines == [])
        _ = plugin.export(FakeSnapshot([.counter("c", many)]))
        #expect(receiver.lines.count == 100)
    }

    @Test func `the deltas of doubles add up to the total`() throws {
        let plugin = try LoadedPlugin(to: receiver)
        var total = 0.0
        var received = 0.0
        for step in 1...500 {
            total += 0.1 * Double(step)
            _ = plugin.export(FakeSnapshot([counter(agent_f64(total))]))
            for line in receiver.lines {
                received += Double(line.dropFirst(2).split(separator: "|")[0]) ?? .nan
            }
            #expect(abs(received - total) <= total.ulp)
        }
    }

    @Test func `an integer series that turns into doubles goes on`() throws {
        let plugin = try LoadedPlugin(to: receiver)
        let rows: [(agent_value, [String])] = [
            (exact(1_500, -3), ["c:1.5|c"]), (agent_f64(2.25), ["c:0.75|c"]),
            (exact(3_000, -3), ["c:0.75|c"]),
        ]
        for (value, lines) in rows {
            _ = plugin.export(FakeSnapshot([counter(value)]))
            #expect(receiver.lines == lines)
        }
    }

    @Test func `an instance that replaces another sends what came after it`() throws {
        let plugin = try LoadedPlugin(to: receiver, isReplacement: true)
        _ = plugin.export(FakeSnapshot([counter(agent_i64(5))]))
        #expect(receiver.lines == [])
        let new = FakeSnapshot.Family.counter("d", [.init(id: 7, value: agent_i64(1))])
        _ = plugin.export(FakeSnapshot([counter(agent_i64(6)), new]))
        #expect(receiver.lines == ["c:1|c", "d:1|c"])
    }

    @Test func `a line longer than a packet is left out and said`() throws {
        let plugin = try LoadedPlugin(to: receiver, #""packet_bytes": 64"#)
        let long = String(repeating: "x", count: 80)
        let family = FakeSnapshot.Family.counter(
            "c",
            [
                .init(id: 1, labels: "site=\"\(long)\"", value: agent_i64(1)),
                .init(id: 2, labels: "site=\"b\"", value: agent_i64(2)),
            ])
        let answer = plugin.export(FakeSnapshot([family]))
        #expect(answer.result.outcome == AGENT_EXPORT_PARTIAL)
        #expect(answer.result.accepted == 1 && answer.result.rejected == 1)
        #expect(answer.why == "1 lines are longer than a packet of 64 bytes")
        #expect(receiver.lines == ["c.b:2|c"])
    }
}
