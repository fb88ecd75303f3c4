import MetricRegistry
import Telemetry

/// What the configuration changes about one metric a plugin declares.
package struct MetricAdjustment: Hashable, Sendable {
    package var drop = false
    package var buckets: [Double]?
    package var dropLabels: [String] = []
    package var maxSeries: Int?
    package var expireAfter: Duration?

    package init(
        drop: Bool = false, buckets: [Double]? = nil, dropLabels: [String] = [],
        maxSeries: Int? = nil, expireAfter: Duration? = nil
    ) {
        self.drop = drop
        self.buckets = buckets
        self.dropLabels = dropLabels
        self.maxSeries = maxSeries
        self.expireAfter = expireAfter
    }
}

/// Turns what a plugin declares into what the registry keeps: prefixes, units and the configuration's changes.
package struct MetricAdaptation: Hashable, Sendable {
    package var metricPrefix: String
    package var eventPrefix: String
    /// What "duration" means as a measurement's unit.
    package var durationUnit: String
    /// By the metric's name as declared.
    package var adjustments: [String: MetricAdjustment]
    /// Settings that a condition may name.
    package var settings: [String: String]

    package init(
        metricPrefix: String, eventPrefix: String, durationUnit: String = "nanosecond",
        adjustments: [String: MetricAdjustment] = [:], settings: [String: String] = [:]
    ) {
        self.metricPrefix = metricPrefix
        self.eventPrefix = eventPrefix
        self.durationUnit = durationUnit
        self.adjustments = adjustments
        self.settings = settings
    }

    /// All definitions that stay. An adjustment of something the plugin does not have is refused: it is a
    /// spelling mistake.
    func apply(
        to metrics: [DeclaredMetric]
    ) throws(PluginRefusal.Reason) -> [MetricDefinition] {
        let names = Set(metrics.map(\.name))
        for name in adjustments.keys.sorted() where !names.contains(name) {
            let known = metrics.isEmpty ? "none" : metrics.map(\.name).joined(separator: ", ")
            throw .badDefinition(
                "the configuration changes metric \(quoted(name)), which the plugin does not "
                    + "declare; it declares \(known)")
        }
        var result: [MetricDefinition] = []
        for metric in metrics {
            let adjustment = adjustments[metric.name] ?? MetricAdjustment()
            guard !adjustment.drop else { continue }
            result.append(try definition(metric, adjustment))
        }
        return result
    }

    /// An event's full name.
    package func eventName(_ name: String) -> String {
        name.hasPrefix(".") ? eventPrefix + name : name
    }

    private func definition(
        _ metric: DeclaredMetric, _ adjustment: MetricAdjustment
    ) throws(PluginRefusal.Reason) -> MetricDefinition {
        for label in adjustment.dropLabels
        where !metric.labels.contains(where: { $0.name == label }) {
            throw .badDefinition(
                "the configuration drops label \(quoted(label)) of metric \(quoted(metric.name)), "
                    + "which has the labels \(metric.labels.map(\.name).joined(separator: ", "))")
        }
        do {
            return MetricDefinition(
                name: try MetricName(
                    metricPrefix.isEmpty ? metric.name : "\(metricPrefix)_\(metric.name)"),
                kind: metric.kind.kept, help: metric.help, unit: metric.unit,
                measurementUnit: metric.measurementUnit == "duration"
                    ? durationUnit : metric.measurementUnit,
                sources: try metric.sources.map { source in
                    MetricSource(
                        event: try EventName(eventName(source.event)),
                        measurement: source.measurement, factor: source.factor,
                        constants: source.constants.filter {
                            !adjustment.dropLabels.contains($0.key)
                        })
                },
                labels: try metric.labels.filter { !adjustment.dropLabels.contains($0.name) }
                    .map { label in
                        LabelMapping(
                            name: try LabelName(label.name), key: label.key,
                            defaultValue: label.defaultValue)
                    },
                keep: try metric.keep.map(condition), drop: try metric.drop.map(condition),
                buckets: adjustment.buckets ?? metric.buckets, quantiles: metric.quantiles,
                maximumSeries: adjustment.maxSeries ?? metric.maxSeries,
                expireAfter: adjustment.expireAfter ?? metric.expireAfter,
                isMeasurementOptional: metric.isMeasurementOptional)
        } catch {
            throw .badDefinition("metric \(quoted(metric.name)): \(error)")
        }
    }

    private func condition(
        _ declared: DeclaredMetric.Condition
    ) throws(MeasurementLimit.Unreadable) -> MetadataCondition {
        let test: MetadataCondition.Test
        switch declared.test {
        case .equals(let values): test = .equals(values)
        case .exists: test = .exists
        case .prefix(let values): test = .hasPrefix(values)
        case .above(let limit, let setting):
            let chosen = setting.flatMap { settings[$0] } ?? limit
            test = .above(try MeasurementLimit(chosen).value(inDurations: durationUnit))
        }
        return MetadataCondition(key: declared.key, test: test, isNegated: declared.isNegated)
    }
}

extension DeclaredMetric.Kind {
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
