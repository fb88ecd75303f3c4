import AgentConfiguration

/// The metrics there are, as queries find them in Prometheus.
package struct MetricCatalog: Sendable {
    package struct Metric: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            case counter, sum
            case lastValue = "last_value"
            case upDownCounter = "up_down_counter"
            case distribution, summary
        }

        package var name: String
        package var kind: Kind
        package var help: String
        /// As the end of the name says it: `seconds`, `bytes`; empty: none.
        package var unit: String
        /// Nil: any, as those of a recording rule.
        package var labels: [String]?
        package var quantiles: [Double]
        /// Whose it is: the plugin's instance, "config" or "agent".
        package var owner: String

        package init(
            name: String, kind: Kind, help: String = "", unit: String = "",
            labels: [String]? = [], quantiles: [Double] = [], owner: String
        ) {
            self.name = name
            self.kind = kind
            self.help = help
            self.unit = unit
            self.labels = labels
            self.quantiles = quantiles
            self.owner = owner
        }
    }

    /// Without what scraping adds.
    package let metrics: [Metric]
    private var series: [String: MetricSeries] = [:]

    package init(_ metrics: [Metric]) {
        self.metrics = metrics
        for metric in Self.scraped + metrics {
            for part in MetricSeries.parts(of: metric) { series[part.name] = part }
        }
    }

    /// What a query for this name finds.
    package func series(named name: String) -> MetricSeries? { series[name] }

    /// The series that was probably meant.
    package func nearest(to name: String) -> String? { series.keys.sorted().nearest(to: name) }

    /// These metrics and further ones.
    package func adding(_ more: [Metric]) -> MetricCatalog { MetricCatalog(metrics + more) }

    /// What Prometheus itself keeps of each target.
    private static let scraped: [Metric] = [
        Metric(name: "up", kind: .lastValue, owner: "scrape"),
        Metric(name: "scrape_duration_seconds", kind: .lastValue, unit: "seconds", owner: "scrape"),
        Metric(name: "scrape_samples_scraped", kind: .lastValue, owner: "scrape"),
        Metric(name: "scrape_samples_post_metric_relabeling", kind: .lastValue, owner: "scrape"),
        Metric(name: "scrape_series_added", kind: .lastValue, owner: "scrape"),
    ]
}
