import Foundation
import TestSupport
import Testing

/// Values at the ends of their range, sent by somebody and read by somebody else.
struct ExtremeValueTests {
    private static let integers = [
        "0i", "1i", "-1i", "9223372036854775807i", "-9223372036854775808i",
        "5000000000000000000i", "4611686018427387904i", "-4611686018427387905i",
    ]
    private static let reals = [
        "0", "-0.0", "1e-11", "1e-9", "1e25", "-1e25", "1.7976931348623157e308",
        "-1.7976931348623157e308", "1e300", "1e307", "5e-324", "-5e-324",
        "2.2250738585072014e-308", "3.4e38", "-3.5e38", "4.9", "-5.5", "9223372036854775808",
    ]

    private static let metrics: [String] = [
        ("", "", ""), ("seconds", "nanosecond", "_seconds"),
        ("bytes", "gigabyte", "_bytes"), ("seconds", "day", "_seconds"),
    ].enumerated().flatMap { number, unit in
        let (exposed, native, ending) = unit
        return [
            ("counter", "_total", ""), ("sum", "_total", ""), ("last_value", "", ""),
            ("up_down_counter", "", ""), ("distribution", "", #", "buckets": [0.001, 1, 1e18]"#),
            ("summary", "", #", "quantiles": [0, 0.5, 1]"#),
        ].map { kind, suffix, more in
            let units =
                exposed.isEmpty
                ? "" : #", "unit": "\#(exposed)", "measurement_unit": "\#(native)""#
            let measurement = kind == "counter" ? "" : #", "measurement": "v""#
            return #"""
                { "name": "t\#(number)_\#(kind == "summary" ? "quantiles" : kind.prefix(3))\#(ending)\#(suffix)", "kind": "\#(kind)",
                  "help": "Of what comes.", "event": "t.e", "labels": ["k"]\#(measurement)\#(units)\#(more) }
                """#
        }
    }

    @Test func `whatever was sent, strict readers take both formats`() async throws {
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [#"{ "plugin": "Prometheus" }"#], metrics: Self.metrics)
        )
        var generator = SeededGenerator(seed: 20)
        for round in 0..<6 {
            let lines = (0..<200).map { number in
                // Some series get one value over and over, so that sums run away.
                let values = number % 2 == 0 ? Self.integers : Self.reals
                let value = values.randomElement(using: &generator) ?? "0"
                return "t.e,k=\(number % 4 == 3 ? value : "all\(number % 4)") v=\(value)\n"
            }
            let answer = try await agent.client.request(
                "POST", "/api/v2/write", body: Array(lines.joined().utf8))
            #expect(answer.status == 204, "\(answer.text)")
            let text = try await agent.client.get("/metrics")
            let judged = try await ChildProcess.run(
                "promtool", ["check", "metrics"], input: text.body)
            #expect(judged.exit == .code(0), "round \(round): \(judged.output)\(judged.errors)")
            let open = try await agent.client.request(
                "GET", "/metrics", headers: ["Accept": "application/openmetrics-text"])
            let outcome = try await PythonTool.openMetricsCheck.run(input: open.body)
            #expect(outcome.exit == .code(0), "round \(round): \(outcome.errors)")
        }
    }
}
