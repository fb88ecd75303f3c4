import AgentConfiguration
import Dashboards
import Testing

struct DashboardExportTests {
    private let renaming: MetricRenaming = {
        var renaming = MetricRenaming()
        for metric in MetricCatalog.example.metrics where metric.owner == "runner" {
            renaming.rename(metric, to: "shop_\(metric.name)")
        }
        return renaming
    }()

    @Test(arguments: [
        ("runs_total", "shop_runs_total"), ("runs_created", "shop_runs_created"),
        ("rate(duration_seconds_bucket[5m])", "rate(shop_duration_seconds_bucket[5m])"),
        (
            "sum by (active) (active{active=\"active\"})",
            "sum by (active) (shop_active{active=\"active\"})"
        ),
        ("active # active\n  /limit", "shop_active # active\n  /shop_limit"),
        ("{__name__=\"active\", a='x'}", "{__name__=\"shop_active\", a='x'}"),
        ("build_info + up", "build_info + up"), ("active +", "active +"),
        (
            "label_replace(active, \"active\", \"\", \"\", \"\")",
            "label_replace(shop_active, \"active\", \"\", \"\", \"\")"
        ),
    ])
    func `metrics are renamed where they are metrics, and nothing else changes`(
        _ text: String, _ renamed: String
    ) {
        #expect(renaming.rewrite(text) == renamed)
    }

    @Test func `an exported dashboard has the configuration's names and the choices asked for`()
        throws
    {
        var export = DashboardExport()
        export.renaming = renaming
        export.dataSource = "prom-1"
        export.jobs = ["agent"]
        let before = try JSONReader.read(DashboardLintTests.good)
        let after = export.apply(to: before.value)
        let text = JSONWriter().write(after)
        #expect(text.contains("label_values(shop_active{job=~\\\"$job\\\"}, instance)"))
        #expect(text.contains("label_values(shop_active, job)"))
        #expect(text.contains("rate(shop_duration_seconds_bucket{"))
        #expect(text.contains(#""current":{"text":"prom-1","value":"prom-1"}"#))
        #expect(text.contains(#""current":{"text":["agent"],"value":["agent"]}"#))
        let renamed = MetricCatalog.example.metrics.map { metric in
            var metric = metric
            if metric.owner == "runner" { metric.name = "shop_\(metric.name)" }
            return metric
        }
        let report = DashboardLint.check(
            try JSONReader.read(text), file: "x", MetricCatalog(renamed))
        #expect(report.findings == [])
        #expect(DashboardExport().apply(to: before.value) == before.value)
    }

    @Test func `queries are as Prometheus gets them`() throws {
        let node = try JSONReader.read(DashboardLintTests.good)
        let queries = DashboardQuery.all(of: node, filling: VariableValues())
        #expect(queries.map(\.panel) == ["Active", "Durations", "annotation"])
        #expect(queries[0].expression == "sum by (site) (active{job=~\".+\", instance=~\".+\"})")
        #expect(queries[1].expression.hasSuffix("[1m]))"))
    }

    @Test(arguments: [
        (#""current": {"value": "5"}"#, "5"),
        (#""current": {"value": ["$__all"]}, "allValue": ".*""#, ".*"),
        (#""current": {"value": ["$__all"]}"#, ".+"), (#""current": {"value": ["a", "b"]}"#, "a"),
        (#""current": {}"#, ".+"), (#""query": "1,2""#, ".+"),
    ])
    func `a variable of the dashboard begins with what is chosen`(
        variable: String, value: String
    ) throws {
        let node = try JSONReader.read(
            """
            {"uid": "u", "templating": {"list": [{"name": "top", \(variable)}]},
             "panels": [{"title": "t", "targets": [{"refId": "A", "expr": "topk($top, up)"}]}]}
            """)
        let queries = DashboardQuery.all(of: node, filling: VariableValues())
        #expect(queries.map(\.expression) == ["topk(\(value), up)"])
        var given = VariableValues()
        given.others = ["top": "7"]
        #expect(
            DashboardQuery.all(of: node, filling: given).map(\.expression) == ["topk(7, up)"])
    }
}
