import AgentConfiguration
import PluginHost

/// Plugins as they are shown by `--list-plugins`.
struct PluginListing: Sendable {
    struct Row: Sendable {
        /// The instance's name, or the plugin's where there is no instance.
        let name: String
        let file: String
        let outcome: Result<PluginDescription, PluginRefusal>
    }

    let rows: [Row]

    init(_ rows: [Row]) { self.rows = rows }

    /// For people.
    func table(width: Int?) -> String {
        var table = TextTable(["name", "plugin", "version", "kinds", "state", "file", "summary"])
        for row in rows {
            switch row.outcome {
            case .success(let plugin):
                table.append([
                    row.name, plugin.id, plugin.version, plugin.kinds.description, "usable",
                    plugin.file, plugin.summary,
                ])
            case .failure(let refusal):
                table.append([
                    row.name, "-", "-", "-", "refused", row.file, "\(refusal.reason)",
                ])
            }
        }
        return table.text(width: width)
    }

    /// For programs.
    var json: JSONValue { .array(rows.map(\.json)) }
}

extension PluginListing.Row {
    fileprivate var json: JSONValue {
        switch outcome {
        case .success(let plugin):
            [
                "name": .string(name), "state": "usable", "id": .string(plugin.id),
                "plugin": .string(plugin.name), "version": .string(plugin.version),
                "vendor": .string(plugin.vendor), "summary": .string(plugin.summary),
                "kinds": .array(plugin.kinds.words.map { .string($0) }),
                "interface_version": .string(plugin.interfaceVersion),
                "file": .string(plugin.file), "sha256": .string(plugin.sha256),
                "metrics": .integer(Int64(plugin.metrics.count)),
                "events": .integer(Int64(plugin.events.count)),
                "dashboards": .integer(Int64(plugin.dashboards.count)),
            ]
        case .failure(let refusal):
            [
                "name": .string(name), "state": "refused", "file": .string(file),
                "code": .string(refusal.code), "reason": .string("\(refusal.reason)"),
            ]
        }
    }
}

extension PluginListing {
    /// Why those that are refused are, with their files.
    var refusals: [PluginRefusal] {
        rows.compactMap { row in
            guard case .failure(let refusal) = row.outcome else { return nil }
            return refusal
        }
    }
}
