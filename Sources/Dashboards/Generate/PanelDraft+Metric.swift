/// Writes the queries of a metric's panels.
struct MetricQueries {
    let metric: MetricCatalog.Metric
    /// The labels that have a variable.
    let filtered: [String]

    /// The labels that queries group by. A label called like a number cannot be.
    var labels: [String] {
        (metric.labels ?? []).filter { !["inf", "nan"].contains($0.lowercased()) }
    }

    /// One of the metric's series with the matchers that every query has.
    func selector(_ suffix: String = "") -> String {
        let name = metric.name + suffix
        let own = Set(metric.labels ?? [])
        let chosen = ["job", "instance"] + filtered.filter(own.contains)
        let matchers = chosen.map { "\($0)=~\"$\($0)\"" }.joined(separator: ", ")
        return (try? PromQLParser.parse("\(name){}")) != nil
            ? "\(name){\(matchers)}" : "{__name__=\"\(name)\", \(matchers)}"
    }

    func rate(_ suffix: String = "") -> String { "rate(\(selector(suffix))[$__rate_interval])" }

    func by(_ labels: [String], _ operation: String, _ inner: String) -> String {
        labels.isEmpty
            ? "\(operation)(\(inner))"
            : "\(operation) by (\(labels.joined(separator: ", "))) (\(inner))"
    }

    func legend(_ labels: [String]) -> String {
        labels.isEmpty ? metric.name : labels.map { "{{\($0)}}" }.joined(separator: " ")
    }

    func quantile(_ share: String) -> PanelDraft.Query {
        PanelDraft.Query(
            expression: "histogram_quantile(\(share), \(by(["le"], "sum", rate("_bucket"))))",
            legend: "p\(share.dropFirst(2))")
    }

    var mean: PanelDraft.Query {
        PanelDraft.Query(
            expression: "sum(\(rate("_sum"))) / sum(\(rate("_count")))", legend: "mean")
    }
}

extension PanelDraft {
    /// The panels that show a metric as its kind wants to be seen.
    static func panels(
        for metric: MetricCatalog.Metric, title: String, filtered: [String]
    ) -> [PanelDraft] {
        let queries = MetricQueries(metric: metric, filtered: filtered)
        let help = metric.help.isEmpty ? "The metric \(metric.name)." : metric.help
        let unit = GrafanaUnit.of(metric.unit)
        func panel(
            _ type: String, _ title: String, _ description: String, _ unit: String,
            _ queries: PanelDraft.Query...
        ) -> PanelDraft {
            PanelDraft(
                type: type, title: title, description: description, unit: unit, queries: queries)
        }
        switch metric.kind {
        case .counter, .sum:
            let expression = queries.by(queries.labels, "sum", queries.rate())
            return [
                panel(
                    "timeseries", title, "\(help) Per second.", GrafanaUnit.rate(of: metric.unit),
                    Query(expression: expression, legend: queries.legend(queries.labels)))
            ]
        case .upDownCounter:
            let expression = queries.by(queries.labels, "sum", queries.selector())
            return [
                panel(
                    "timeseries", title, help, unit,
                    Query(expression: expression, legend: queries.legend(queries.labels)))
            ]
        case .lastValue: return [lastValue(queries, title, help, unit)]
        case .distribution:
            let buckets = "increase(\(queries.selector("_bucket"))[$__rate_interval])"
            return [
                panel(
                    "heatmap", title, "\(help) How many of each size.", unit,
                    Query(
                        expression: queries.by(["le"], "sum", buckets), legend: "{{le}}",
                        format: "heatmap")),
                panel(
                    "timeseries", "\(title): quantiles",
                    "\(help) What half, 95 % and 99 % keep below.",
                    unit, queries.quantile("0.50"), queries.quantile("0.95"),
                    queries.quantile("0.99")),
            ]
        case .summary:
            let quantiles = queries.by(["quantile"], "max", queries.selector())
            return [
                panel(
                    "timeseries", "\(title): quantiles",
                    "\(help) The worst instance's quantiles, and the mean.",
                    unit, Query(expression: quantiles, legend: "{{quantile}}"), queries.mean)
            ]
        }
    }

    /// A gauge: as it is, except that facts are a table and points in time an age.
    private static func lastValue(
        _ queries: MetricQueries, _ title: String, _ help: String, _ unit: String
    ) -> PanelDraft {
        let name = queries.metric.name
        let labels = ["instance"] + queries.labels.filter { $0 != "instance" }
        var query = Query(
            expression: queries.by(labels, "max", queries.selector()),
            legend: queries.legend(labels))
        if name.hasSuffix("_info") {
            query.format = "table"
            return PanelDraft(
                type: "table", title: title, description: help, unit: "short", queries: [query])
        }
        if name.hasSuffix("_time_seconds") || name.hasSuffix("_timestamp_seconds") {
            query.expression = "time() - \(query.expression)"
            return PanelDraft(
                type: "timeseries", title: "\(title): age",
                description: "\(help) Seconds since then.",
                unit: "s", queries: [query])
        }
        return PanelDraft(
            type: "timeseries", title: title, description: help, unit: unit, queries: [query])
    }
}
