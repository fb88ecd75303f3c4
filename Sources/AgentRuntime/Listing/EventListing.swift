import AgentConfiguration
import MetricRegistry
import PluginHost
import Telemetry

/// Events as they are shown by `--list-events`: those documented, and those that metrics listen to.
struct EventListing: Sendable {
    struct Field: Sendable {
        let name: String
        let unit: String
        let help: String
    }

    struct Row: Sendable {
        let name: String
        let measurements: [Field]
        let metadata: [Field]
        let plugin: String
        let help: String
    }

    private let rows: [Row]

    init(_ rows: [Row]) {
        self.rows = rows.sorted { ($0.name, $0.plugin) < ($1.name, $1.plugin) }
    }

    /// For people.
    func table(width: Int?) -> String {
        var table = TextTable(["event", "measurements", "metadata", "plugin", "help"])
        for row in rows {
            table.append([
                row.name, Self.listed(row.measurements), Self.listed(row.metadata), row.plugin,
                row.help,
            ])
        }
        return table.text(width: width)
    }

    /// For programs.
    var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "event": .string(row.name),
                    "measurements": .array(row.measurements.map(\.json)),
                    "metadata": .array(row.metadata.map(\.json)),
                    "plugin": .string(row.plugin),
                    "help": .string(row.help),
                ]
            })
    }

    private static func listed(_ fields: [Field]) -> String {
        let texts = fields.map { $0.unit.isEmpty ? $0.name : "\($0.name)[\($0.unit)]" }
        return texts.isEmpty ? "-" : texts.joined(separator: ", ")
    }
}

extension EventListing.Field {
    fileprivate var json: JSONValue {
        ["name": .string(name), "unit": .string(unit), "help": .string(help)]
    }

    init(_ field: DeclaredEvent.Field) {
        self.init(name: field.name, unit: field.unit, help: field.help)
    }
}

extension EventListing.Row {
    init(_ event: DeclaredEvent, plugin: String) {
        self.init(
            name: event.name, measurements: event.measurements.map(EventListing.Field.init),
            metadata: event.metadata.map(EventListing.Field.init), plugin: plugin, help: event.help)
    }

    /// What the configuration's own metrics tell of the events they listen to.
    static func undocumented(
        in definitions: [MetricDefinition], besides known: Set<String>, plugin: String
    ) -> [EventListing.Row] {
        var measurements: [String: Set<String>] = [:]
        var metadata: [String: Set<String>] = [:]
        for definition in definitions {
            let conditions = (definition.keep + definition.drop).map(\.key)
            let keys = definition.labels.map(\.key) + conditions
            for source in definition.sources {
                measurements[source.event.description, default: []]
                    .formUnion(source.measurement.map { [$0] } ?? [])
                metadata[source.event.description, default: []].formUnion(keys)
            }
        }
        func fields(_ names: Set<String>?) -> [EventListing.Field] {
            (names ?? []).sorted().map { EventListing.Field(name: $0, unit: "", help: "") }
        }
        return measurements.keys.filter { !known.contains($0) }.map { name in
            EventListing.Row(
                name: name, measurements: fields(measurements[name]),
                metadata: fields(metadata[name]), plugin: plugin,
                help: "Listened to by metrics of the configuration.")
        }
    }
}
