/// A metric as its plugin declares it: names without prefixes, units as written.
package struct DeclaredMetric: Hashable, Sendable {
    package struct Label: Hashable, Sendable {
        package var name: String
        /// Metadata key; alternatives on lines of their own.
        package var key: String
        package var defaultValue: String?
    }

    package struct Condition: Hashable, Sendable {
        package enum Test: Hashable, Sendable {
            case equals([String])
            case exists
            case prefix([String])
            /// A measurement is greater than the limit, or than what a setting of this name says.
            case above(String, setting: String?)
        }
        package var key: String
        package var test: Test
        package var isNegated: Bool
    }

    package struct Source: Hashable, Sendable {
        package var event: String
        /// Nil: the number 1.
        package var measurement: String?
        package var factor: Int64
        /// Labels fixed for this source.
        package var constants: [String: String]
    }

    package enum Kind: UInt32, Hashable, Sendable, CaseIterable {
        case counter = 1
        case sum, lastValue, upDownCounter, distribution, summary
    }

    package var name: String
    package var kind: Kind
    package var help: String
    package var unit: String
    package var measurementUnit: String
    package var sources: [Source]
    package var labels: [Label]
    package var keep: [Condition]
    package var drop: [Condition]
    package var buckets: [Double]
    package var quantiles: [Double]
    /// Nil: the host's default.
    package var maxSeries: Int?
    package var expireAfter: Duration?
    package var isMeasurementOptional: Bool
}

/// An event a plugin documents.
package struct DeclaredEvent: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var unit: String
        package var help: String
    }

    package var name: String
    package var help: String
    package var measurements: [Field]
    package var metadata: [Field]
}

/// A dashboard that belongs to a plugin.
package struct DeclaredDashboard: Hashable, Sendable {
    package var uid: String
    package var title: String
    /// Grafana's dashboard model as JSON text.
    package var json: String
}
