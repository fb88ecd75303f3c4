/// One name that samples of a metric have in Prometheus.
package struct MetricSeries: Hashable, Sendable {
    package enum Part: String, Hashable, Sendable {
        case value = ""
        case bucket = "_bucket"
        case sum = "_sum"
        case count = "_count"
        case created = "_created"
    }

    package let name: String
    package let metric: MetricCatalog.Metric
    package let part: Part

    /// Whether it only grows, so that a query wants its rate.
    package var isCumulative: Bool {
        switch (part, metric.kind) {
        case (.created, _): false
        case (.value, .counter), (.value, .sum): true
        case (.value, _): false
        case (.bucket, _), (.sum, _), (.count, _): true
        }
    }

    /// Whether it is one of a summary's quantiles.
    package var isQuantile: Bool { part == .value && metric.kind == .summary }

    /// Nil: any.
    package var labels: Set<String>? {
        metric.labels.map { own in
            var labels = Set(own).union(Self.scraped)
            if part == .bucket { labels.insert("le") }
            if isQuantile { labels.insert("quantile") }
            return labels
        }
    }

    /// What scraping adds to every series.
    package static let scraped: Set<String> = ["job", "instance"]

    /// On the series that takes what is past a metric's limit, and on no other.
    package static let overflowLabel = "otel_metric_overflow"

    static func parts(of metric: MetricCatalog.Metric) -> [MetricSeries] {
        let parts: [Part] =
            switch metric.kind {
            case .counter, .sum: [.value, .created]
            case .lastValue, .upDownCounter: [.value]
            case .distribution: [.bucket, .sum, .count, .created]
            case .summary: [.value, .sum, .count, .created]
            }
        return parts.map { part in
            let isCounter = part == .created && metric.name.hasSuffix("_total")
            let stem = isCounter ? String(metric.name.dropLast(6)) : metric.name
            return MetricSeries(name: stem + part.rawValue, metric: metric, part: part)
        }
    }
}
