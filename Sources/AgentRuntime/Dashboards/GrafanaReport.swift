import AgentConfiguration
import PluginHost

/// What Grafana plugins say of each dashboard.
struct GrafanaReport {
    struct Row {
        let instance: String
        let uid: String
        /// `unchanged`, `created`, `would update`, …
        let result: String
        let reason: String
    }

    private(set) var rows: [Row] = []
    /// Why instances could not do their work.
    private(set) var failures: [(instance: String, reason: String)] = []
    private var unfinished: [String]

    init(instances: [String]) { unfinished = instances }

    var isFinished: Bool { unfinished.isEmpty }

    /// Whether Grafana has all of it as it should be.
    var isUnchanged: Bool { failures.isEmpty && rows.allSatisfy { $0.result == "unchanged" } }

    /// Whether everything could be done.
    var isFine: Bool {
        failures.isEmpty && !rows.contains { ["refused", "failed"].contains($0.result) }
    }

    // MARK: Collecting

    mutating func take(_ entry: PluginLogEntry) {
        guard unfinished.contains(entry.source) else { return }
        var fields: [String: String] = [:]
        for (name, value) in entry.fields { fields[name] = value }
        if entry.message == "finished" {
            unfinished.removeAll { $0 == entry.source }
            if fields["result"] != "ok" {
                failures.append((entry.source, fields["reason"] ?? "it says no reason"))
            }
        } else if entry.message.hasPrefix("off:") {
            fail(entry.source, entry.message)
        } else if let uid = fields["uid"] {
            rows.append(
                Row(
                    instance: entry.source, uid: uid, result: entry.message,
                    reason: fields["reason"] ?? ""))
        }
    }

    mutating func fail(_ instance: String, _ reason: String) {
        unfinished.removeAll { $0 == instance }
        failures.append((instance, reason))
    }

    mutating func giveUp(after deadline: Duration) {
        for instance in unfinished { fail(instance, "it has not finished within \(deadline)") }
    }

    // MARK: Showing

    func table(width: Int?) -> String {
        var table = TextTable(["grafana", "uid", "result", "reason"])
        for row in rows {
            table.append([
                row.instance, row.uid, row.result, row.reason.isEmpty ? "-" : row.reason,
            ])
        }
        return rows.isEmpty ? "" : table.text(width: width)
    }

    var json: JSONValue {
        [
            "dashboards": .array(
                rows.map { row in
                    [
                        "grafana": .string(row.instance), "uid": .string(row.uid),
                        "result": .string(row.result), "reason": .string(row.reason),
                    ]
                }),
            "failures": .array(
                failures.map { instance, reason in
                    ["grafana": .string(instance), "reason": .string(reason)]
                }),
        ]
    }
}
