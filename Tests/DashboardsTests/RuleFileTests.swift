import Dashboards
import TestSupport
import Testing

struct RuleFileTests {
    static let good = #"""
        # What one is woken for.
        groups:
          - name: runs
            interval: 30s
            rules:
            - record: site:runs:rate5m
              expr: sum by (site) (rate(runs_total[5m]))
            - alert: TooManyErrors
              expr: |-
                sum by (site) (rate(runs_total{status="error"}[5m]))
                  / sum by (site) (rate(runs_total[5m])) > 0.1
              for: 10m
              labels:
                severity: page   # wakes someone
                team: 'runs'
              annotations:
                summary: "Runs fail at {{ $labels.site }}"
                description: >-
                  {{ $value | humanizePercentage }} of the runs at {{ $labels.site }}
                  fail: team {{ $labels.team }}.
            - alert: Recorded
              expr: site:runs:rate5m > 5 # more than usual
              for: 5m
              labels: { }
              annotations: {}
        """#

    private func findings(_ text: String) -> [Finding] {
        let catalog = MetricCatalog.example.adding(RuleFileLint.recorded(in: text))
        return RuleFileLint.check(text, file: "a.rules.yml", catalog).findings
    }

    private static let whole = good.replacing(
        "labels: { }", with: "labels:\n        severity: info"
    )
    .replacing("annotations: {}", with: "annotations:\n        summary: s\n        description: d")

    @Test func `a rule file that holds to every rule has no findings`() {
        #expect(findings(Self.whole) == [])
        #expect(RuleFileLint.expressions(in: Self.whole).count == 3)
    }

    @Test(arguments: [
        ("rate(runs_total[5m]))\n", "rate(run_total[5m]))\n", "did you mean \"runs_total\"?"),
        ("for: 10m\n", "\n", "\"for\" is missing"),
        ("severity: page", "level: page", "\"severity\" is missing"),
        ("summary: \"", "title: \"", "\"summary\" is missing"),
        ("description: >-", "text: >-", "\"description\" is missing"),
        ("at {{ $labels.site }}\"", "at {{ $labels.place }}\"", "it says $labels.place"),
        ("alert: Recorded", "alert: TooManyErrors", "the same name"),
        ("expr: site:runs", "exp: site:runs", "\"expr\" is missing"),
        ("[5m])) > 0.1", "[$__rate_interval])) > 0.1", "write out"),
        ("groups:", "group:", "there are no rules in it"),
        ("team: 'runs'", "team: 'runs", "does not end on its line"),
        ("team: 'runs'", "team: &x runs", "put \"&x runs\" in quotes"),
        ("team: 'runs'", "team: a: b", "has to stand in quotes"),
        ("team: 'runs'", "severity: x", "is there already"),
        ("team: 'runs'", "team: x\n            y", "indented more"),
        ("interval: 30s", "  interval: 30s", "indented more"),
        ("  - name: runs", " x", "indented more"),
        ("groups:", "  a: b\ngroups:", "belongs to nothing"),
    ])
    func `what is to be mended is said`(_ old: String, _ new: String, _ message: String) throws {
        let changed = Self.whole.replacing(old, with: new, maxReplacements: 1)
        try #require(changed != Self.whole)
        let findings = findings(changed)
        #expect(findings.contains { $0.message.contains(message) }, "\(findings)")
    }

    @Test func `renaming writes a file that says the same and that promtool takes`() async throws {
        var renaming = MetricRenaming()
        for metric in MetricCatalog.example.metrics {
            renaming.rename(metric, to: "shop_\(metric.name)")
        }
        let text = try RuleFileExport.apply(renaming, to: Self.whole)
        let expressions = RuleFileLint.expressions(in: text).map(\.expression)
        #expect(
            expressions.first == "sum by (site) (rate(shop_runs_total[5m]))"
                && expressions.last == "site:runs:rate5m > 5")
        #expect(try RuleFileExport.apply(MetricRenaming(), to: text) == text)
        let directory = try TemporaryDirectory()
        let file = try directory.write(text, to: "a.rules.yml")
        let outcome = try await ChildProcess.run("promtool", ["check", "rules", file])
        #expect(outcome.exit == .code(0) && outcome.output.contains("3 rules found"), "\(outcome)")
    }
}
