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
    static let byName = Shape.dictionary(
        of: shape.located(), keyedBy: .metricName, "an object of metrics by name")

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
