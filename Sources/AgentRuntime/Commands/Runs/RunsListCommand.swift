import AgentConfiguration
import ArgumentParser
import Telemetry

/// `agent runs list`
struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists runs, the newest first.",
        discussion: "Behind the status stands the command's exit code. Times are UTC.")

    @Option(help: "Only runs that are so: pending, running, ok, error, canceled or timeout.")
    var status: String?

    @Option(help: ArgumentHelp("Only runs on this device.", valueName: "id"))
    var device: String?

    @Option(help: "Only runs at this site.")
    var site: String?

    @OptionGroup var page: PageOptions<String>
    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let answer = try target.client(config: agent.config).get("/v1/runs?\(query)")
            output.write(answer) {
                guard case .array(let runs) = answer["runs"], !runs.isEmpty else {
                    return "no runs\n"
                }
                var table = TextTable(RunRecord.header)
                let today = String(Timestamp.text(TelemetryClock.machine.system()).prefix(10))
                for run in runs { table.append(RunRecord(json: run).cells(today: today)) }
                let more = answer["next"]?.string.map { "more: --before \($0)\n" } ?? ""
                return table.text(width: Terminal.width) + more
            }
        }
    }

    private var query: String {
        page.query(["status": status, "device_id": device, "site": site])
    }
}
