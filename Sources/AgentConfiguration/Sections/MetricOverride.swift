/// What the configuration changes about a metric that a plugin declares; `nil` leaves it as
/// declared.
package struct MetricOverride: Sendable {
    package let drop: Bool
    package let buckets: [Double]?
    package let dropLabels: [String]
    package let maxSeries: Int?
    package let expireAfter: Duration?
}

extension MetricOverride {
    static let byName = Shape.entries(
        of: shape, keyedBy: .metricName, "an object of metrics by name"
    )
    .map { entries in Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first } }

    private static let shape = Shape<MetricOverride>.object(
        Field<Bool>("drop", .boolean, default: false, "Whether the metric is left out."),
        Field<[Double]?>(
            "buckets", .buckets, "Other bucket bounds for a distribution, increasing."),
        Field<[String]>(
            "drop_labels", .array(of: .name(.labelName), "an array of label names"), default: [],
            "Labels left out; series that then look the same are added up."),
        Field<Int?>("max_series", .maxSeries, "Label sets kept before the overflow series."),
        Field<Duration?>("expire_after", .expiry, "How long a series may stay idle."),
        build: MetricOverride.init)
}

/// Which samples an exporter gets: those of matching metrics that have all these labels.
package struct SampleFilter: Hashable, Sendable {
    /// A metric's name in which `*` stands for any text.
    package let metric: String

    /// Label name → the values accepted.
    package let labels: [String: [String]]
}

extension SampleFilter {
    private static let glob = Shape<String>.name(.glob)
    private static let labelValue = Shape<String>.text("a label's value", limit: 1024)

    static let shape = Shape<SampleFilter>.either(
        (.scalar, glob.map { SampleFilter(metric: $0, labels: [:]) }),
        (
            .object,
            .object(
                Field<String>("metric", glob, default: "*", "Metric name; \"*\" is any text."),
                Field<[String: [String]]>(
                    "labels", labels, default: [:], "Label values the sample must have."),
                build: SampleFilter.init)
        ))

    private static let labels = Shape.entries(
        of: Shape<[String]>.either(
            (.scalar, labelValue.map { [$0] }),
            (.array, .array(of: labelValue, count: 1...1000, "an array of label values"))),
        keyedBy: .labelName, "an object of label values"
    )
    .map { entries in Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first } }
}
