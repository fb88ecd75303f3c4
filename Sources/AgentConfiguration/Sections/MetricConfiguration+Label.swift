extension MetricConfiguration {
    /// A label, and the metadata its value comes from.
    package struct Label: Hashable, Sendable {
        package let name: String

        /// A metadata key, or the path to a nested one.
        package let key: String

        /// Stands in for missing metadata; without it the update is skipped and counted.
        package let defaultValue: String?
    }
}

extension MetricConfiguration.Label {
    /// Metadata keys, or an object from label to metadata key.
    static let list = Shape<[Self]>.either((.array, keys), (.object, object))
        .checked { labels, node, decoding in
            var seen: Set<String> = []
            for label in labels where !seen.insert(label.name).inserted {
                decoding.report(
                    .inconsistent(reason: "the label \(label.name.quoted()) is given twice"),
                    at: node.position)
            }
        }

    private static let keys = Shape<[Self]>.array(
        of: Shape<String>.name(.labelName).map { name in
            Self(name: name, key: name, defaultValue: nil)
        }, count: 0...100, "an array of metadata keys")

    private static let object = Shape.entries(
        of: origin, keyedBy: .labelName, "an object from label to metadata key"
    )
    .map { entries in
        entries.map { name, origin in
            Self(name: name, key: origin.key ?? name, defaultValue: origin.defaultValue)
        }
    }

    /// What stands behind a label's name: `"device.site"` or `{"key": "device.site", "default":
    /// "none"}`.
    private struct Origin: Sendable {
        let key: String?
        let defaultValue: String?
    }

    private static let origin = Shape<Origin>.either(
        (
            .scalar,
            Shape<String>.name(.eventKey).map { Origin(key: $0, defaultValue: nil) }
        ),
        (
            .object,
            .object(
                Field<String?>("key", .name(.eventKey), "Metadata key; absent: the label's name."),
                Field<String?>(
                    "default", .text("a label's value", limit: 1024),
                    "Stands in for missing metadata."),
                build: Origin.init)
        ))
}
