import AgentConfiguration
import ArgumentParser

/// `agent runs cancel ID`
struct RunsCancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Ends runs: TERM, and KILL after a while.")

    @Argument(help: "The runs' ids.")
    var ids: [String]

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let client = try target.client(config: agent.config)
            var failure: CommandFailure?
            for id in ids {
                let answer = try client.ask(
                    "POST", "/v1/runs/\(PercentEncoding.encode(id))/cancel",
                    body: ["requested_by": .string("cli:\(UserName.current)")])
                if answer.status == 202 {
                    output.write(answer.json) { "\(id) is asked to end\n" }
                } else {
                    StandardError.write("\(answer.failure)\n")
                    failure = answer.failure
                }
            }
            if let failure { throw ExitCode(failure.exitCode) }
        }
    }
}
