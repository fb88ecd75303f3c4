/// One entry of `metrics`: a metric on any event, without code. The fields are a plugin's.
package struct MetricConfiguration: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case counter
        case sum
        case lastValue = "last_value"
        case upDownCounter = "up_down_counter"
        case distribution
        case summary
    }

    /// What the measurement is in; the exposed value is in the base unit.
    package enum MeasurementUnit: String, CaseIterable, Sendable {
        case none
        case nanosecond
        case microsecond
        case millisecond
        case second
        case minute
        case hour
        case day
        case bit
        case byte
        case kilobyte
        case kibibyte
        case megabyte
        case mebibyte
        case gigabyte
        case gibibyte
        case percent
        case ratio
    }

    package let name: String
    package let kind: Kind
    package let help: String
    package let unit: String?
    package let sources: [MetricConfiguration.Source]
    package let measurementUnit: MeasurementUnit?

    /// Whether an event without the measurement is normal rather than a fault that is counted.
    package let isOptional: Bool
    package let labels: [MetricConfiguration.Label]
    package let keep: [MetricConfiguration.Condition]
    package let drop: [MetricConfiguration.Condition]
    package let buckets: [Double]?
    package let quantiles: [Double]?
    package let maxSeries: Int?
    package let expireAfter: Duration?
}

extension MetricConfiguration {
    static let shape = Shape<MetricConfiguration>.object(
        Field<String>("name", .name(.metricName), "The metric's full name."),
        Field<Kind>("kind", .word, "How updates become a value."),
        Field<String>("help", .text("a sentence"), "One sentence for people."),
        Field<String?>(
            "unit", .name(.unit), "Base unit of the exposed value: \"seconds\", \"bytes\"…"),
        Field<[MetricConfiguration.Source]?>(
            "event", MetricConfiguration.Source.event.map { [$0] },
            "The event that feeds the metric."),
        Field<[MetricConfiguration.Source]?>(
            "events",
            .array(of: MetricConfiguration.Source.shape, count: 1...100, "an array of events"),
            "The events that feed the metric, when there are several or one needs more said."),
        Field<String?>(
            "measurement", .name(.eventKey), "The measurement; absent: the number 1."),
        Field<MeasurementUnit?>(
            "measurement_unit", .word,
            "Unit of the measurement, from which it is converted to \"unit\"."),
        Field<Bool>(
            "optional", .boolean, default: false,
            "Whether an event without the measurement is normal and not counted as a fault."),
        Field<[MetricConfiguration.Label]>(
            "labels", MetricConfiguration.Label.list, default: [],
            "Labels: metadata keys, or an object from label to metadata key."),
        Field<[MetricConfiguration.Condition]>(
            "keep", MetricConfiguration.Condition.list, default: [:], "What metadata must hold."),
        Field<[MetricConfiguration.Condition]>(
            "drop", MetricConfiguration.Condition.list, default: [:], "What metadata must not hold."
        ),
        Field<[Double]?>("buckets", .buckets, "Bucket bounds of a distribution, in \"unit\"."),
        Field<[Double]?>("quantiles", .quantiles, "Quantiles of a summary."),
        Field<Int?>("max_series", .maxSeries, "Label sets kept before the overflow series."),
        Field<Duration?>("expire_after", .expiry, "How long a series may stay idle."),
        build: MetricConfiguration.init
    )
    .ruled(by: checkKeys)
    .adding(toSchema: ["oneOf": [["required": ["event"]], ["required": ["events"]]]])

    private init(
        name: String, kind: Kind, help: String, unit: String?, event: [MetricConfiguration.Source]?,
        events: [MetricConfiguration.Source]?, measurement: String?,
        measurementUnit: MeasurementUnit?,
        isOptional: Bool, labels: [MetricConfiguration.Label],
        keep: [MetricConfiguration.Condition],
        drop: [MetricConfiguration.Condition], buckets: [Double]?, quantiles: [Double]?,
        maxSeries: Int?,
        expireAfter: Duration?
    ) throws(AbsentValue) {
        guard let sources = event ?? events else { throw AbsentValue() }
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
        self.sources = sources.map { $0.measuring(measurement) }
        self.measurementUnit = measurementUnit
        self.isOptional = isOptional
        self.labels = labels
        self.keep = keep
        self.drop = drop
        self.buckets = buckets
        self.quantiles = quantiles
        self.maxSeries = maxSeries
        self.expireAfter = expireAfter
    }

    private static func checkKeys(
        _ node: JSONNode, _ decoding: inout Decoding
    ) {
        switch (node.member("event"), node.member("events")) {
        case (nil, nil):
            decoding.report(
                .missingKey("event", expected: "it or \"events\", to say what feeds the metric"),
                at: node.position)
        case (_?, _?):
            decoding.reject(
                node, key: "events", "\"event\" and \"events\" both say what feeds the metric")
        default: break
        }
        guard case .string(let word) = node["kind"]?.content, let kind = Kind(rawValue: word) else {
            return
        }
        if node["buckets"] != nil, kind != .distribution {
            decoding.reject(node, key: "buckets", "a \(word) has no buckets; a distribution has")
        }
        if node["quantiles"] != nil, kind != .summary {
            decoding.reject(node, key: "quantiles", "a \(word) has no quantiles; a summary has")
        }
        let needsMeasurement = kind == .distribution || kind == .summary
        if needsMeasurement, node["measurement"] == nil, !everyEventHasMeasurement(node) {
            decoding.reject(
                node, key: "kind", "a \(word) of the number 1 says nothing; name a \"measurement\"")
        }
    }

    private static func everyEventHasMeasurement(_ node: JSONNode) -> Bool {
        guard case .array(let events) = node["events"]?.content else { return false }
        return events.allSatisfy { $0["measurement"] != nil }
    }

    /// Reports every metric name that is taken already.
    static func checkNames(
        _ metrics: [Located<MetricConfiguration>], _ decoding: inout Decoding
    ) {
        var owners: [String: ConfigurationLocation] = [:]
        for metric in metrics {
            if let owner = owners[metric.name] {
                let reason =
                    "the metric \(metric.name.quoted()) is defined by \(owner.keyPath) already"
                decoding.report([metric.location.error(reason)])
            } else {
                owners[metric.name] = metric.location
            }
        }
    }
}

extension Shape<[Double]> {
    fileprivate static let quantiles = increasing("quantiles", count: 1...20)
        .checked { values, node, decoding in
            guard case .array(let nodes) = node.content else { return }
            for (index, value) in values.enumerated() where !(0...1).contains(value) {
                decoding.at(.index(index)) {
                    $0.report(
                        .unacceptable(found: "\(value)", expected: "a quantile from 0 to 1"),
                        at: nodes[index].position)
                }
            }
        }
}
