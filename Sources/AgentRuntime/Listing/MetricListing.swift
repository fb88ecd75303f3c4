import AgentConfiguration
import MetricRegistry
import Telemetry

/// Metrics as they are shown: by `--list-metrics` and at `/v1/metrics`.
struct MetricListing: Sendable {
    struct Row: Sendable {
        let definition: MetricDefinition
        /// The plugin's instance, "config" or "agent".
        let plugin: String
    }

    /// By name.
    let rows: [Row]

    init(_ rows: [Row]) {
        self.rows = rows.sorted { $0.definition.name < $1.definition.name }
    }

    /// For people.
    func table(width: Int?) -> String {
        var table = TextTable([
            "name", "kind", "unit", "labels", "buckets", "event", "plugin", "help",
        ])
        for row in rows {
            let definition = row.definition
            let events = definition.sources.map(\.event.description).withoutRepetition
            let bounds = definition.buckets.isEmpty ? definition.quantiles : definition.buckets
            table.append([
                definition.name.description, definition.kind.rawValue,
                definition.unit.isEmpty ? "-" : definition.unit,
                Self.listed(definition.labels.map(\.name.description)),
                Self.listed(bounds.map(Self.short)), Self.listed(events), row.plugin,
                definition.help,
            ])
        }
        return table.text(width: width)
    }

    /// For programs.
    var json: JSONValue { .array(rows.map(\.json)) }

    private static func listed(_ items: [String]) -> String {
        items.isEmpty ? "-" : items.joined(separator: ", ")
    }

    private static func short(_ number: Double) -> String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension MetricListing.Row {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "name": .string(definition.name.description),
            "kind": .string(definition.kind.rawValue),
            "unit": .string(definition.unit),
            "labels": .array(definition.labels.map { .string($0.name.description) }),
            "buckets": .array(definition.buckets.map { .number($0) }),
            "quantiles": .array(definition.quantiles.map { .number($0) }),
            "events": .array(definition.sources.map(\.json)),
            "measurement_unit": .string(definition.measurementUnit),
            "plugin": .string(plugin),
            "help": .string(definition.help),
        ]
        if let maximum = definition.maximumSeries {
            object["max_series"] = .integer(Int64(maximum))
        }
        if let expiry = definition.expireAfter {
            object["expire_after"] = .string(expiry.configurationText)
        }
        return .object(object)
    }
}

extension MetricSource {
    fileprivate var json: JSONValue {
        [
            "event": .string(event.description),
            "measurement": measurement.map { .string($0) } ?? .null,
            "factor": .integer(factor),
        ]
    }
}

extension Sequence<String> {
    /// Each text once, where it stands first.
    fileprivate var withoutRepetition: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
