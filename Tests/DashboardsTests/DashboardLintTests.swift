import AgentConfiguration
import Dashboards
import Testing

struct DashboardLintTests {
    /// A dashboard with nothing to mend.
    static let good = #"""
        {
          "uid": "agent-runs", "title": "Runs", "description": "All about runs.",
          "schemaVersion": 41, "editable": false,
          "templating": { "list": [
            { "name": "datasource", "type": "datasource", "query": "prometheus" },
            { "name": "job", "type": "query", "multi": true, "includeAll": true, "allValue": ".+",
              "datasource": { "type": "prometheus", "uid": "${datasource}" },
              "query": { "query": "label_values(active, job)", "refId": "job" } },
            { "name": "instance", "type": "query", "multi": true, "includeAll": true, "allValue": ".+",
              "datasource": { "type": "prometheus", "uid": "${datasource}" },
              "query": "label_values(active{job=~\"$job\"}, instance)" }
          ] },
          "annotations": { "list": [
            { "name": "Starts", "datasource": { "type": "prometheus", "uid": "${datasource}" },
              "expr": "changes(build_info{job=~\"$job\", instance=~\"$instance\"}[5m]) > 0" }
          ] },
          "panels": [
            { "id": 1, "type": "row", "title": "Runs", "gridPos": { "x": 0, "y": 0, "w": 24, "h": 1 } },
            { "id": 2, "type": "timeseries", "title": "Active", "description": "Runs that run.",
              "gridPos": { "x": 0, "y": 1, "w": 12, "h": 8 },
              "datasource": { "type": "prometheus", "uid": "${datasource}" },
              "fieldConfig": { "defaults": { "unit": "short" } },
              "targets": [
                { "refId": "A", "legendFormat": "{{site}}", "datasource": { "type": "prometheus", "uid": "${datasource}" },
                  "expr": "sum by (site) (active{job=~\"$job\", instance=~\"$instance\"})" }
              ] },
            { "id": 3, "type": "heatmap", "title": "Durations", "description": "How long runs take.",
              "gridPos": { "x": 12, "y": 1, "w": 12, "h": 8 },
              "datasource": { "type": "prometheus", "uid": "${datasource}" },
              "fieldConfig": { "defaults": { "unit": "s" } },
              "targets": [
                { "refId": "A", "legendFormat": "{{le}}", "datasource": { "type": "prometheus", "uid": "${datasource}" },
                  "expr": "sum by (le) (rate(duration_seconds_bucket{job=~\"$job\", instance=~\"$instance\"}[$__rate_interval]))" }
              ] }
          ]
        }
        """#

    private func findings(_ text: String) throws -> [Finding] {
        DashboardLint.check(try JSONReader.read(text), file: "runs.json", .example).findings
    }

    @Test func `a dashboard that holds to every rule has no findings`() throws {
        #expect(try findings(Self.good) == [])
    }

    /// What is changed, into what, and what is then said.
    static let changes: [(String, String, LintRule, String)] = [
        (#""uid": "agent-runs", "#, "", .dashboard, "\"uid\" is missing"),
        ("agent-runs", "agent runs", .dashboard, "must have at most 40"),
        ("agent-runs", String(repeating: "a", count: 41), .dashboard, "at most 40"),
        (#""title": "Runs", "desc"#, #""desc"#, .dashboard, "\"title\" is missing"),
        ("All about runs.", "", .dashboard, "\"description\" is missing"),
        (#""schemaVersion": 41"#, #""schemaVersion": 39"#, .dashboard, "must be 41"),
        (#""editable": false"#, #""editable": true"#, .dashboard, "\"editable\" must be false"),
        (#""editable": false"#, #""editable": false, "id": null"#, .dashboard, "leave out \"id\""),
        ("\"name\": \"datasource\"", "\"name\": \"ds\"", .variable, "must be \"datasource\""),
        ("\"query\": \"prometheus\"", "\"query\": \"loki\"", .variable, "must be \"prometheus\""),
        ("\"name\": \"job\"", "\"name\": \"jobs\"", .variable, "it is missing"),
        ("\"multi\": true", "\"multi\": false", .variable, "\"multi\" and \"includeAll\""),
        ("\"allValue\": \".+\"", "\"allValue\": \".*\"", .variable, "must be \".+\""),
        ("label_values(active, job)", "label_values(job)", .variable, "name a metric"),
        ("label_values(active, job)", "metrics(job)", .variable, "label_values(METRIC, LABEL)"),
        ("label_values(active, job)", "label_values(actve, job)", .unknownMetric, "\"active\"?"),
        ("label_values(active, job)", "label_values(active, site)", .variable, "label \"site\""),
        ("$job\\\"}, inst", "$jb\\\"}, inst", .unknownVariable, "no variable \"jb\""),
        ("[5m]) > 0", "[5m] > 0", .syntax, "takes scalars"),
        ("\"title\": \"Active\", ", "", .panel, "it has no title"),
        ("\"description\": \"Runs that run.\",", "", .panel, "it has no description"),
        ("{ \"unit\": \"short\" }", "{}", .panel, "it has no unit"),
        ("\"id\": 3", "\"id\": 2", .panel, "the id 2 is taken"),
        ("\"id\": 3,", "", .panel, "\"id\" must be a number"),
        ("\"type\": \"timeseries\"", "\"type\": \"graph\"", .panel, "gone from Grafana"),
        ("\"type\": \"heatmap\"", "\"type\": \"timeseries\"", .bucketWithoutQuantile, "heatmap"),
        ("\"x\": 12, \"y\": 1", "\"x\": 11, \"y\": 1", .layout, "it lies over panel \"Active\""),
        ("\"x\": 12, \"y\": 1", "\"x\": 13, \"y\": 1", .layout, "within 24 columns"),
        ("{{site}}", "{{place}}", .unknownLabel, "shows {{place}}"),
        ("sum by (site)", "sum by (sight)", .unknownLabel, "no label \"sight\""),
        (
            "\"refId\": \"A\", \"legendFormat\": \"{{le}}\"", "\"legendFormat\": \"{{le}}\"",
            .panel, "\"refId\""
        ),
        ("\"expr\": \"sum by (le)", "\"exp\": \"sum by (le)", .panel, "\"expr\" is missing"),
        (
            "\"uid\": \"${datasource}\" },\n      \"expr\"", "\"uid\": \"x\" },\n      \"expr\"",
            .dataSource, "must be"
        ),
    ]

    @Test func `each rule is held to`() throws {
        for (old, new, rule, message) in Self.changes {
            let changed = Self.good.replacing(old, with: new, maxReplacements: 1)
            try #require(changed != Self.good, "\(old)")
            let findings = try findings(changed)
            #expect(findings.contains { $0.rule == rule }, "\(new): \(findings)")
            #expect(findings.contains { $0.message.contains(message) }, "\(new): \(findings)")
        }
    }

    @Test func `a finding is one sentence with its place`() throws {
        let text = Self.good.replacing(
            "(active{job=~\\\"$job\\\", inst", with: "(actve{job=~\\\"$job\\\", inst")
        let finding = try #require(try findings(text).first)
        #expect(
            finding.description == """
                runs.json:25:19: dashboard "Runs", panel "Active", query A, column 16: no plugin declares \
                "actve"; did you mean "active"?, in: sum by (site) (actve{job=~"$job", instance=~"$instance"})
                """)
        #expect(finding.json["rule"] == "unknown_metric" && finding.json["expression_column"] == 16)
    }

    @Test func `what is no dashboard at all is one finding or more, never a trap`() throws {
        for text in ["[]", "{}", "null", #"{"panels": [1, {"targets": [null]}], "templating": 1}"#]
        {
            #expect(try !findings(text).isEmpty)
        }
    }

    @Test func `uids are taken once, and metrics that no panel shows are named`() throws {
        let node = try JSONReader.read(Self.good)
        var report = DashboardLint.check(node, file: "a.json", .example)
        report.checkIdentities([("a.json", node), ("b.json", node)])
        #expect(report.findings.map(\.message).first?.contains("is taken by a.json") == true)
        let before = report.findings.count
        report.checkCoverage(of: .example)
        let missing = report.findings.dropFirst(before).map(\.message)
        #expect(missing.count == 5 && missing.contains { $0.contains("runs_total of runner") })
    }
}
