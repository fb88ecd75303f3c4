import AgentConfiguration
import ArgumentParser

/// `agent audit list`
struct AuditListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists what was done, the newest first.")

    @Option(help: "Only entries of this type, such as run.started.")
    var type: String?

    @Option(help: ArgumentHelp("Only what this actor did.", valueName: "id"))
    var actor: String?

    @Option(
        help: ArgumentHelp(
            "Only what was done to such a resource, or to one of them.", valueName: "type[:id]"))
    var resource: String?

    @Option(help: ArgumentHelp("Only entries with this correlation id.", valueName: "id"))
    var correlationID: String?

    @OptionGroup var page: PageOptions<Int64>

    @Option(help: ArgumentHelp("Only entries until then.", valueName: "time"))
    var until: String?

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let answer = try target.client(config: agent.config).get("/v1/audit?\(query)")
            output.write(answer) { Self.text(answer) }
        }
    }

    private var query: String {
        page.query([
            "type": type,
            "actor": actor,
            "resource": resource,
            "correlation_id": correlationID,
            "until": until,
        ])
    }

    private static func text(_ answer: JSONValue) -> String {
        guard case .array(let entries) = answer["entries"], !entries.isEmpty else {
            return "no entries\n"
        }
        var table = TextTable(["seq", "time", "type", "actor", "from", "resource", "details"])
        for entry in entries {
            func text(_ key: String) -> String { entry[key]?.string ?? "" }
            let details = entry["details"].map {
                JSONWriter(.compact).write($0)
            }
            let id = text("resource_id")
            table.append([
                number(entry["seq"]), Timestamp.clock(text("inserted_at")), text("event_type"),
                text("actor_id"), text("client_ip"),
                text("resource_type") + (id.isEmpty ? "" : " \(id)"), String(details ?? ""),
            ])
        }
        let next = number(answer["next"])
        return table.text(width: Terminal.width)
            + (next.isEmpty ? "" : "more: --before \(next)\n")
    }

    private static func number(_ value: JSONValue?) -> String {
        if case .integer(let number)? = value { "\(number)" } else { "" }
    }
}
