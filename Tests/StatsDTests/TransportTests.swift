import CAgentPlugin
import PluginTestSupport
import TestSupport
import Testing

/// Receivers that come, go, and do not read. A registry that counts up; what was received is added up.
struct TransportTests {
    private let directory = try? TemporaryDirectory()

    private func receiver(_ kind: Receiver.Kind, at address: String? = nil) throws -> Receiver {
        try Receiver(kind, at: address, in: directory)
    }

    /// `count` counters of this value.
    private func counters(_ value: Int64, count: Int = 500) -> FakeSnapshot {
        FakeSnapshot([
            .counter(
                "requests_total",
                (0..<count).map {
                    .init(id: UInt64($0), labels: "site=\"site-\($0)\"", value: agent_i64(value))
                })
        ])
    }

    private func sums(_ lines: [String]) -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for line in lines {
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[1].hasSuffix("|c"),
                let value = Int64(parts[1].dropLast(2))
            else {
                Issue.record("a garbled line: \(line)")
                continue
            }
            sums[String(parts[0]), default: 0] += value
        }
        return sums
    }

    private func all(_ value: Int64, count: Int = 500) -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: (0..<count).map { ("requests_total.site-\($0)", value) })
    }

    @Test(arguments: [Receiver.Kind.udp, .tcp, .unixStream])
    func `packets are full of whole lines and never longer than set`(kind: Receiver.Kind) throws {
        let receiver = try receiver(kind)
        let plugin = try LoadedPlugin(to: receiver, #""packet_bytes": 500"#)
        #expect(plugin.export(counters(3)).result.outcome == AGENT_EXPORT_OK)
        let packets = receiver.packets()
        #expect(sums(packets.flatMap { $0.split(separator: "\n").map(String.init) }) == all(3))
        guard kind == .udp else { return #expect(packets.allSatisfy { $0.hasSuffix("\n") }) }
        #expect(packets.allSatisfy { $0.utf8.count <= 500 && !$0.hasSuffix("\n") })
        #expect(packets.dropLast().allSatisfy { $0.utf8.count > 500 - 30 })
    }

    @Test func `Datadog's Unix stream has a length before each packet`() throws {
        let receiver = try receiver(.unixStream)
        let plugin = try LoadedPlugin(
            to: receiver, #""protocol": "dogstatsd-1.0", "packet_bytes": 300"#)
        _ = plugin.export(counters(1))
        var bytes = receiver.stream()[...]
        var lines = 0
        while bytes.count >= 4 {
            let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            let packet = bytes.dropFirst(4).prefix(length)
            #expect(packet.count == length && length <= 301 && packet.last == UInt8(ascii: "\n"))
            lines += packet.count { $0 == UInt8(ascii: "\n") }
            bytes = bytes.dropFirst(4 + length)
        }
        #expect(bytes.isEmpty && lines == 500)
    }

    @Test(arguments: [Receiver.Kind.udp, .tcp, .unixDatagram, .unixStream])
    func `what is counted while the receiver is away arrives once it is back`(
        kind: Receiver.Kind
    ) throws {
        let count = kind == .unixDatagram ? 100 : 500
        let first = try receiver(kind)
        let plugin = try LoadedPlugin(to: first)
        #expect(plugin.export(counters(3, count: count)).result.outcome == AGENT_EXPORT_OK)
        var received = first.lines
        first.stop()
        for value in 4...9 as ClosedRange<Int64> {
            let answer = plugin.export(counters(value, count: count))
            #expect(answer.result.outcome == AGENT_EXPORT_RETRY)
            #expect(!answer.why.isEmpty)
        }
        let second = try receiver(kind, at: first.address)
        #expect(plugin.export(counters(10, count: count)).result.outcome == AGENT_EXPORT_OK)
        received += second.lines
        #expect(sums(received) == all(10, count: count))
    }

    @Test func `a datagram that is refused is sent again, and only that`() throws {
        // One packet fits: its refusal is known only after it went.
        let first = try receiver(.udp)
        let plugin = try LoadedPlugin(to: first)
        _ = plugin.export(counters(1, count: 3))
        var received = first.lines
        first.stop()
        let answer = plugin.export(counters(5, count: 3))
        #expect(answer.result.outcome == AGENT_EXPORT_RETRY)
        #expect(answer.why == "nobody listens at \(first.address)")
        let second = try receiver(.udp, at: first.address)
        _ = plugin.export(counters(5, count: 3))
        received += second.lines
        #expect(sums(received) == all(5, count: 3))
    }

    @Test(arguments: [Receiver.Kind.tcp, .unixStream, .unixDatagram])
    func `a receiver that does not read holds an export no longer than its deadline`(
        kind: Receiver.Kind
    ) async throws {
        let receiver = try receiver(kind)
        let plugin = try LoadedPlugin(to: receiver)
        // Far more than a socket holds.
        let count = 100_000
        var late = 0
        for value in 1...3 as ClosedRange<Int64> {
            let answer = plugin.export(counters(value, count: count), within: .milliseconds(300))
            if answer.result.outcome == AGENT_EXPORT_RETRY { late += 1 }
            #expect(answer.result.outcome != AGENT_EXPORT_RETRY || answer.why.contains("for now"))
        }
        #expect(late == 3)
        // It reads again: nothing was lost, nothing doubled, no line cut.
        let reader = SlowReader(receiver)
        var done = false
        for _ in 0..<200 where !done {
            done =
                plugin.export(counters(3, count: count), within: .seconds(1)).result.outcome
                == AGENT_EXPORT_OK
        }
        #expect(done)
        let lines = try await reader.finish("requests_total.site-\(count - 1):")
        #expect(sums(lines) == all(3, count: count))
    }

    @Test func `a connection that breaks in the middle of a line garbles none`() async throws {
        let first = try receiver(.tcp)
        let plugin = try LoadedPlugin(to: first)
        let count = 100_000
        let answer = plugin.export(counters(2, count: count), within: .milliseconds(300))
        #expect(answer.result.outcome == AGENT_EXPORT_RETRY)
        // Takes some, and is gone with the rest unread.
        _ = first.stream()
        first.stop()
        let second = try receiver(.tcp, at: first.address)
        let reader = SlowReader(second)
        var done = false
        for _ in 0..<200 where !done {
            done =
                plugin.export(counters(2, count: count), within: .seconds(1)).result.outcome
                == AGENT_EXPORT_OK
        }
        #expect(done)
        let lines = try await reader.finish("requests_total.site-\(count - 1):")
        #expect(
            sums(lines).allSatisfy { $0.value == 2 && $0.key.hasPrefix("requests_total.site-") })
    }

    @Test func `a name that cannot be resolved is said, and holds nothing up`() throws {
        let plugin = try LoadedPlugin(#"{"address": "nowhere.invalid:8125"}"#)
        let answer = plugin.export(counters(1))
        #expect(answer.result.outcome == AGENT_EXPORT_RETRY)
        #expect(answer.why.hasPrefix(#""nowhere.invalid" "#))
    }

    @Test func `a name is resolved`() throws {
        let receiver = try receiver(.udp)
        let port = receiver.address.split(separator: ":")[1]
        let plugin = try LoadedPlugin(#"{"address": "localhost:\#(port)"}"#)
        // It may stand for ::1 as well, where nobody listens: the next attempt takes the other address.
        var done = false
        for _ in 0..<4 where !done {
            done = plugin.export(counters(1)).result.outcome == AGENT_EXPORT_OK
        }
        #expect(sums(receiver.lines) == all(1))
    }
}
