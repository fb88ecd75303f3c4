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
        ("team: 'runs'", "team: 'runs", "while scanning a quoted scalar"),
        ("team: 'runs'", "team: *x", "found undefined alias"),
        ("team: 'runs'", "team: a: b", "mapping values are not allowed"),
        ("team: 'runs'", "team: !!int 5", "has no meaning here"),
        ("team: 'runs'", "team: !mine x", "has no meaning here"),
        ("team: 'runs'", "? [a]\n        : b", "a key is a text here"),
        ("team: 'runs'", "<<: x", "takes in mappings only"),
        ("team: 'runs'", "severity: x", "\"severity\" is there more than once"),
        ("interval: 30s", "  interval: 30s", "mapping values are not allowed"),
        ("groups:", "  a: b\ngroups:", "expected"),
        ("groups:", "---\na: b\n---\ngroups:", "found another document"),
    ])
    func `what is to be mended is said`(_ old: String, _ new: String, _ message: String) throws {
        let changed = Self.whole.replacing(old, with: new, maxReplacements: 1)
        try #require(changed != Self.whole)
        let findings = findings(changed)
        #expect(findings.contains { $0.message.contains(message) }, "\(findings)")
    }

    /// One value a row, as it stands in a file, and what it says.
    @Test(arguments: [
        (">-\n  a\n  b", "a b"),
        (">\n  a\n\n  b\n", "a\nb\n"),
        (">-\n  a\n    more\n  b", "a\n  more\nb"),
        (">+\n  a\n", "a\n\n"),
        ("|2-\n    a\n  b", "  a\nb"),
        ("|\n  a # no comment\n", "a # no comment\n"),
        ("a\n  b", "a b"),
        ("\"a\\x41\\u00e9\\\n  b\"", "aA\u{e9}b"),
        ("'it''s'", "it's"),
        ("{a: b}.x", nil),
        ("!!str 5", "5"),
        ("a#b # c", "a#b"),
    ])
    func `an expression means what YAML says, and goes on meaning it when it is written again`(
        _ written: String, _ meant: String?
    ) throws {
        let file = "groups:\n- name: g\n  rules:\n  - record: r\n    expr: "
        let text = file + written.replacing("\n", with: "\n    ") + "\n"
        let read = RuleFileLint.expressions(in: text).first?.expression
        #expect(read == meant)
        guard meant != nil else { return }
        let again = try RuleFileExport.apply(MetricRenaming(), to: text)
        #expect(RuleFileLint.expressions(in: again).first?.expression == meant, "\(again)")
    }

    @Test func `anchors are followed and merge keys carried out`() throws {
        let text = """
            shared: &page { severity: page, team: a }
            groups:
            - name: g
              rules:
              - alert: A
                expr: &e runs_total > 1
                for: 5m
                labels: { <<: *page, team: b }
              - { record: r, expr: *e }
            """
        let again = try RuleFileExport.apply(MetricRenaming(), to: text)
        #expect(
            RuleFileLint.expressions(in: again).map(\.expression) == [
                "runs_total > 1", "runs_total > 1",
            ])
        #expect(again.contains("labels:\n      team: b\n      severity: page\n"), "\(again)")
    }

    @Test(arguments: ["null", "~", "", "5", "true", "0x1f", "2026-01-31"])
    func `a plain value is written as it stood, a quoted one stays a text`(_ value: String) throws {
        let text = "a: \(value)\nb: \"\(value)\"\n"
        let again = try RuleFileExport.apply(MetricRenaming(), to: text)
        #expect(again == (value.isEmpty ? "a:\nb: \"\"\n" : text))
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "- ", count: 5000) + "a",
        String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + (1...9).map { n in
                "a\(n): &a\(n) [\((0..<10).map { _ in "*a\(n - 1)" }.joined(separator: ", "))]\n"
            }.joined(),
    ])
    func `a file that is deep, or grows by its anchors, is refused`(_ text: String) {
        #expect(findings(text).count == 1)
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
