import AgentConfiguration
import MetricRegistry
import Telemetry

extension MetricConfiguration {
    /// Who owns the metrics of the configuration's `metrics` list.
    static let owner = "config"

    /// What the registry keeps of this entry.
    func definition() throws -> MetricDefinition {
        MetricDefinition(
            name: try MetricName(name), kind: kind.kept, help: help, unit: unit ?? "",
            measurementUnit: measurementUnit?.kept ?? "",
            sources: try sources.map { source in
                MetricSource(
                    event: try EventName(source.event), measurement: source.measurement,
                    factor: Int64(source.factor), constants: source.labels)
            },
            labels: try labels.map { label in
                LabelMapping(
                    name: try LabelName(label.name), key: label.key,
                    defaultValue: label.defaultValue)
            },
            keep: keep.map(\.kept), drop: drop.map(\.kept),
            buckets: kind == .distribution ? buckets ?? Self.usualBuckets : [],
            quantiles: kind == .summary ? quantiles ?? Self.usualQuantiles : [],
            maximumSeries: maxSeries, expireAfter: expireAfter, isMeasurementOptional: isOptional)
    }

    /// Fit for what takes milliseconds to seconds.
    ///
    /// Source: the default of Prometheus's client libraries
    private static let usualBuckets = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    private static let usualQuantiles = [0.5, 0.9, 0.99]
}

extension MetricConfiguration.Kind {
    fileprivate var kept: MetricKind {
        switch self {
        case .counter: .counter
        case .sum: .sum
        case .lastValue: .lastValue
        case .upDownCounter: .upDownCounter
        case .distribution: .distribution
        case .summary: .summary
        }
    }
}

extension MetricConfiguration.MeasurementUnit {
    fileprivate var kept: String { self == .none ? "" : rawValue }
}

extension MetricConfiguration.Condition {
    fileprivate var kept: MetadataCondition {
        switch test {
        case .equals(let values): MetadataCondition(key: key, test: .equals(values.map(\.text)))
        case .differs(let values):
            MetadataCondition(key: key, test: .equals(values.map(\.text)), isNegated: true)
        case .exists(let isThere): MetadataCondition(key: key, test: .exists, isNegated: !isThere)
        case .prefix(let text): MetadataCondition(key: key, test: .hasPrefix([text]))
        }
    }
}
