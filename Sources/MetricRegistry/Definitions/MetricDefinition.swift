package import Telemetry

/// How updates become a value.
package enum MetricKind: String, Sendable, Hashable, CaseIterable {
    /// Counts events.
    case counter
    /// Adds a measurement that is never negative.
    case sum
    /// The newest measurement.
    case lastValue = "last_value"
    /// Adds a measurement of either sign.
    case upDownCounter = "up_down_counter"
    /// Explicit buckets, upper bounds inclusive.
    case distribution
    /// Quantiles of a sketch.
    case summary

    /// Whether a value is added to what was there, once for each event.
    package var addsUp: Bool {
        switch self {
        case .counter, .sum, .upDownCounter: true
        case .lastValue, .distribution, .summary: false
        }
    }

    /// Whether values only grow, from a start time on.
    package var isCumulative: Bool {
        switch self {
        case .counter, .sum, .distribution, .summary: true
        case .lastValue, .upDownCounter: false
        }
    }
}

/// A metric, declared: what the registry needs to keep it, and nothing of how it is exposed.
package struct MetricDefinition: Sendable, Hashable {
    package var name: MetricName
    package var kind: MetricKind
    package var help: String
    /// Base unit of the exposed value, also the end of the name: `seconds`, `bytes`; empty: none.
    package var unit: String
    /// Unit of the measurement as it comes; empty: the same.
    package var measurementUnit: String
    package var sources: [MetricSource]
    package var labels: [LabelMapping]
    /// All must hold.
    package var keep: [MetadataCondition]
    /// None may hold.
    package var drop: [MetadataCondition]
    /// Upper bounds in `unit`, increasing, without infinity. Distributions only.
    package var buckets: [Double]
    /// Between 0 and 1, increasing. Summaries only.
    package var quantiles: [Double]
    /// Label sets kept; nil: the registry's default.
    package var maximumSeries: Int?
    /// An idle series is removed after this; nil: never.
    package var expireAfter: Duration?
    /// An absent measurement is normal and not counted as skipped.
    package var isMeasurementOptional: Bool
    /// Written through `SeriesHandle`, not fed by events.
    package var isInstrument: Bool

    package init(
        name: MetricName, kind: MetricKind, help: String, unit: String = "",
        measurementUnit: String = "", sources: [MetricSource] = [], labels: [LabelMapping] = [],
        keep: [MetadataCondition] = [], drop: [MetadataCondition] = [], buckets: [Double] = [],
        quantiles: [Double] = [], maximumSeries: Int? = nil, expireAfter: Duration? = nil,
        isMeasurementOptional: Bool = false, isInstrument: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
        self.measurementUnit = measurementUnit
        self.sources = sources
        self.labels = labels
        self.keep = keep
        self.drop = drop
        self.buckets = buckets
        self.quantiles = quantiles
        self.maximumSeries = maximumSeries
        self.expireAfter = expireAfter
        self.isMeasurementOptional = isMeasurementOptional
        self.isInstrument = isInstrument
    }
}

/// One event that feeds a metric.
package struct MetricSource: Sendable, Hashable {
    package var event: EventName
    /// Nil: the number 1.
    package var measurement: String?
    package var factor: Int64
    /// Labels fixed for this source, in place of metadata.
    package var constants: [String: String]

    package init(
        event: EventName, measurement: String? = nil, factor: Int64 = 1,
        constants: [String: String] = [:]
    ) {
        self.event = event
        self.measurement = measurement
        self.factor = factor
        self.constants = constants
    }
}

/// A label and the metadata it comes from.
package struct LabelMapping: Sendable, Hashable {
    package var name: LabelName
    /// Metadata key; nested: `device.site`. Alternatives stand on lines of their own: the first there is counts.
    package var key: String
    /// Stands in for missing metadata; without it the update is skipped.
    package var defaultValue: String?

    package init(name: LabelName, key: String, defaultValue: String? = nil) {
        self.name = name
        self.key = key
        self.defaultValue = defaultValue
    }
}

/// A test on an event: on metadata, or on how large a measurement is.
package struct MetadataCondition: Sendable, Hashable {
    package enum Test: Sendable, Hashable {
        /// Is one of these. Absent metadata equals nothing.
        case equals([String])
        case hasPrefix([String])
        case exists
        /// A measurement, as it comes, is greater. An absent one is not.
        case above(Double)
    }

    /// As in `LabelMapping`; with `above` a measurement's.
    package var key: String
    package var test: Test
    package var isNegated: Bool

    package init(key: String, test: Test, isNegated: Bool = false) {
        self.key = key
        self.test = test
        self.isNegated = isNegated
    }
}
