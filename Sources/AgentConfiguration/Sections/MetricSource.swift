/// One event that feeds a metric.
package struct MetricSource: Hashable, Sendable {
    package let event: String

    /// `nil` for the number 1.
    package let measurement: String?

    /// The measurement is multiplied by it; −1 makes an event count down.
    package let factor: Int

    /// Labels that are the same for all updates of this event.
    package let labels: [String: String]
}

extension MetricSource {
    static let event = Shape<String>.name(.eventName).map { event in
        MetricSource(event: event, measurement: nil, factor: 1, labels: [:])
    }

    static let shape = Shape<MetricSource>.either(
        (.scalar, event),
        (
            .object,
            .object(
                Field<String>("event", .name(.eventName), "The event's name."),
                Field<String?>(
                    "measurement", .name(.eventKey),
                    "The measurement; absent: the metric's, or the number 1."),
                Field<Int>(
                    "factor", .integer(in: -1_000_000_000...1_000_000_000), default: 1,
                    "What the measurement is multiplied by; -1 counts down."),
                Field<[String: String]>(
                    "labels", constants, default: [:], "Labels fixed for this event."),
                build: MetricSource.init)
        ))

    private static let constants = Shape.entries(
        of: Shape<String>.text("a label's value", limit: 1024), keyedBy: .labelName,
        "an object of labels"
    )
    .map { entries in Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first } }

    /// This source with the metric's measurement where it names none itself.
    func measuring(_ measurement: String?) -> MetricSource {
        MetricSource(
            event: event, measurement: self.measurement ?? measurement, factor: factor,
            labels: labels)
    }
}

/// A label, and the metadata its value comes from.
package struct LabelConfiguration: Hashable, Sendable {
    package let label: String

    /// A metadata key, or the path to a nested one.
    package let key: String

    /// Stands in for missing metadata; without it the update is skipped and counted.
    package let defaultValue: String?
}

extension LabelConfiguration {
    /// `["site"]`, `{"site": "device.site"}` or `{"site": {"key": "device.site", "default":
    /// "none"}}`.
    static let list = Shape<[LabelConfiguration]>.either(
        (
            .array,
            .array(
                of: Shape<String>.name(.labelName).map { name in
                    LabelConfiguration(label: name, key: name, defaultValue: nil)
                }, count: 0...100, "an array of metadata keys")
        ),
        (
            .object,
            Shape.entries(of: source, keyedBy: .labelName, "an object from label to metadata key")
                .map { entries in
                    entries.map { label, source in
                        LabelConfiguration(
                            label: label, key: source.key ?? label, defaultValue: source.default)
                    }
                }
        )
    )
    .checked { labels, node, decoding in
        var seen: Set<String> = []
        for label in labels where !seen.insert(label.label).inserted {
            decoding.report(
                .inconsistent(reason: "the label \(label.label.quoted()) is given twice"),
                at: node.position)
        }
    }

    private struct Source: Sendable {
        let key: String?
        let `default`: String?
    }

    private static let source = Shape<Source>.either(
        (.scalar, Shape<String>.name(.eventKey).map { Source(key: $0, default: nil) }),
        (
            .object,
            .object(
                Field<String?>("key", .name(.eventKey), "Metadata key; absent: the label's name."),
                Field<String?>(
                    "default", .text("a label's value", limit: 1024),
                    "Stands in for missing metadata."),
                build: Source.init)
        ))
}
