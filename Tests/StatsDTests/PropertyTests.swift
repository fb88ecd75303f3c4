import CAgentPlugin
import PluginTestSupport
import TestSupport
import Testing

/// Whatever stands in labels and values: a parser that knows nothing of the plugin takes every line, and what it adds
/// up is what the registry has.
struct PropertyTests {
    private struct Line {
        let name: String
        let value: Int64
        let tags: [String]
    }

    /// Source: DogStatsD, 1.0: `name:value|c|#tag:value,tag:value`.
    private func parse(_ line: String) -> Line? {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        let head = fields[0].split(separator: ":", omittingEmptySubsequences: false)
        guard head.count == 2, !head[0].isEmpty, let value = Int64(head[1]), fields.count >= 2,
            fields[1] == "c", fields.count <= 3
        else { return nil }
        guard fields.count == 3 else { return Line(name: "\(head[0])", value: value, tags: []) }
        guard fields[2].first == "#" else { return nil }
        let tags = fields[2].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
        guard
            tags.allSatisfy({
                $0.split(separator: ":", omittingEmptySubsequences: false).count == 2
            })
        else { return nil }
        return Line(name: "\(head[0])", value: value, tags: tags.map { "\($0)" })
    }

    private func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    @Test(arguments: ["statsd", "dogstatsd-1.0"])
    func `any labels and any counts come out as lines that add up`(dialect: String) throws {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &random)
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(
            ":|#@,\n\r\t \u{0}\u{7f}\\\"=.{}abcXYZ019_-äß€💥\u{85}\u{2028}\u{2029}\u{9f}"
                .unicodeScalars)
        func text() -> String {
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                text.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? "a")
            }
            return text
        }
        let receiver = try Receiver(.udp)
        let plugin = try LoadedPlugin(to: receiver, #""protocol": "\#(dialect)""#)
        var totals = [Int64](repeating: 0, count: 200)
        let labels = totals.map { _ in #"site="\#(escaped(text()))",path="\#(escaped(text()))""# }
        var received: Int64 = 0
        for _ in 0..<20 {
            for index in totals.indices where Bool.random(using: &generator) {
                totals[index] += Int64.random(in: 0...(1 << 48), using: &generator)
            }
            let family = FakeSnapshot.Family(
                kind: AGENT_METRIC_SUM, name: "m", labelNames: ["site", "path"],
                series: totals.indices.map {
                    .init(id: UInt64($0), labels: labels[$0], value: agent_i64(totals[$0]))
                })
            #expect(plugin.export(FakeSnapshot([family])).result.outcome == AGENT_EXPORT_OK)
            for packet in receiver.packets() {
                // As the strictest reader would: at anything that Unicode calls a line break.
                for line in packet.split(whereSeparator: \.isNewline) {
                    let parsed = parse(String(line))
                    #expect(parsed != nil, "seed \(seed): \(line)")
                    received += parsed?.value ?? 0
                }
            }
        }
        #expect(received == totals.reduce(0, +), "seed \(seed)")
    }
}
