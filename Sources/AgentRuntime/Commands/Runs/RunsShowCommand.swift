import AgentConfiguration
import ArgumentParser

/// `agent runs show ID`
struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one run.")

    @Argument(help: "The run's id.")
    var id: String

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let run = try target.client(config: agent.config).get(
                "/v1/runs/\(PercentEncoding.encode(id))")
            output.write(run) { RunRecord(json: run).text }
        }
    }
}

extension RunRecord {
    /// A line for each thing that is known of it.
    fileprivate var text: String {
        let lines = lines
        let width = lines.map(\.name.count).max() ?? 0
        return lines.map { line in
            let gap = String(repeating: " ", count: width - line.name.count + 2)
            return line.name + gap + line.value + "\n"
        }.joined()
    }
}
