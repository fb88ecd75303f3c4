import Testing

@testable import AgentConfiguration

struct SampleFilterTests {
    @Test(arguments: [
        ("*", ["", "a", "runner_runs_total"], []),
        ("runner_*", ["runner_", "runner_runs_total"], ["runner", "a_runner_b"]),
        ("*_total", ["a_total", "_total_total"], ["total", "a_totals"]),
        ("a*b*c", ["abc", "axbxbxc", "a_bc_c"], ["ab", "acb", "abcd"]),
        ("up", ["up"], ["upp", "u", ""]),
        ("**", ["", "x"], []),
    ])
    func `a star stands for any text`(glob: String, matching: [String], other: [String]) {
        let filter = SampleFilter(metric: glob, labels: [:])
        for name in matching { #expect(filter.matches(metric: name), "\(name)") }
        for name in other { #expect(!filter.matches(metric: name), "\(name)") }
    }

    @Test func `a sample passes when it has all labels`() {
        let filter = SampleFilter(
            metric: "*", labels: ["site": ["oslo", "bergen"], "ok": ["yes"]])
        for (labels, passes) in [
            (["site": "oslo", "ok": "yes", "more": "x"], true),
            (["site": "oslo", "ok": "no"], false),
            (["site": "bergen"], false), ([:], false),
        ] {
            #expect(filter.matches(labels: { labels[$0] }) == passes)
        }
    }

    @Test func `an override of a metric that is not declared is told the nearest`() throws {
        let configuration = try configuration(
            #"{"plugins": [{"plugin": "A", "metrics": {"run_totl": {"drop": true}}}]}"#)
        let override = try #require(configuration.plugins.first?.metrics["run_totl"])
        #expect(
            override.location.unknownKey(accepted: ["run_seconds", "run_total"]).description
                == #"agent.json:1:54: plugins[0].metrics.run_totl: unknown key (did you mean "run_total"?); accepted are "run_seconds", "run_total""#
        )
    }
}
