import AgentConfiguration
import Dashboards
import TestSupport
import Testing

struct DashboardGeneratorTests {
    private func lint(_ name: String, _ metrics: [MetricCatalog.Metric]) throws -> LintReport {
        let dashboard = DashboardGenerator(name: name, metrics: metrics).dashboard
        let text = JSONWriter(.pretty).write(dashboard)
        let catalog = MetricCatalog(metrics)
        var report = DashboardLint.check(try JSONReader.read(text), file: name, catalog)
        report.checkCoverage(of: catalog)
        return report
    }

    @Test func `a metric of each kind gets the panels its kind is best seen in`() throws {
        let metrics = MetricCatalog.example.metrics
        #expect(try lint("runner", metrics).findings == [])
        let dashboard = DashboardGenerator(name: "runner", metrics: metrics).dashboard
        let node = try JSONReader.read(JSONWriter().write(dashboard))
        let queries = DashboardQuery.all(of: node, filling: VariableValues())
        let some = "{job=~\".+\", instance=~\".+\", site=~\".*\", status=~\".*\"}"
        #expect(
            queries.map(\.expression).contains(
                "sum by (site, status) (rate(runs_total\(some)[1m]))")
        )
        #expect(
            queries.map(\.expression).contains(
                "histogram_quantile(0.95, sum by (le) (rate(duration_seconds_bucket\(some)[1m])))"))
        #expect(queries.filter { $0.panel == "Duration: quantiles" }.count == 3)
    }

    /// Names, labels and units as odd as the registry lets through.
    @Test(arguments: 0..<200)
    func `whatever is declared, what is generated passes lint`(_ seed: UInt64) throws {
        var numbers = SeededGenerator(seed: seed)
        let words = [
            "on", "sum", "inf", "nan", "by", "and", "offset", "bool", "rate", "a", "Z9", "_x",
            "le_",
            "job", "instance", "datasource", "site", "time", "info", "start", "group_left",
            "quantiles",
            String(repeating: "w", count: 90),
        ]
        let units = ["", "seconds", "bytes", "ratio", "volts", "furlongs"]
        var metrics: [MetricCatalog.Metric] = []
        for number in 0..<Int.random(in: 1...12, using: &numbers) {
            let kind = try #require(
                MetricCatalog.Metric.Kind.allCases.randomElement(using: &numbers))
            let unit = try #require(units.randomElement(using: &numbers))
            let count = Int.random(in: 1...3, using: &numbers)
            var name = (0..<count).compactMap { _ in words.randomElement(using: &numbers) }
                .joined(separator: "_")
            // Single words stay as they are, so that keywords are among the names.
            if count > 1 { name += "_\(number)" }
            if !unit.isEmpty { name += "_\(unit)" }
            if kind == .counter || kind == .sum { name += "_total" }
            guard !metrics.contains(where: { $0.name == name }) else { continue }
            let labels = Set(
                (0..<Int.random(in: 0...9, using: &numbers)).compactMap { _ in
                    words.randomElement(using: &numbers)
                })
            metrics.append(
                MetricCatalog.Metric(
                    name: name, kind: kind, help: Bool.random(using: &numbers) ? "Help." : "",
                    unit: unit, labels: labels.sorted(), owner: "o"))
        }
        let name = String(repeating: "näme/", count: Int.random(in: 1...12, using: &numbers))
        let findings = try lint(name, metrics).findings
        #expect(findings == [], "\(findings.map(\.description))")
    }
}
