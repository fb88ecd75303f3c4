import Dashboards

extension MetricCatalog {
    /// One metric of each kind, named as a plugin would.
    static let example = MetricCatalog([
        Metric(name: "runs_total", kind: .counter, labels: ["site", "status"], owner: "runner"),
        Metric(
            name: "bytes_total", kind: .sum, unit: "bytes", labels: ["site"], owner: "runner"),
        Metric(name: "active", kind: .upDownCounter, labels: ["site"], owner: "runner"),
        Metric(name: "limit", kind: .lastValue, labels: ["site"], owner: "runner"),
        Metric(
            name: "duration_seconds", kind: .distribution, unit: "seconds",
            labels: ["site", "status"], owner: "runner"),
        Metric(
            name: "wait_seconds", kind: .summary, unit: "seconds", labels: ["protocol"],
            quantiles: [0.5, 0.99], owner: "runner"),
        Metric(name: "build_info", kind: .lastValue, labels: ["version"], owner: "agent"),
    ])
}
