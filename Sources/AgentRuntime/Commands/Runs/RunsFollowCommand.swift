import ArgumentParser

/// `agent runs follow ID`
struct RunsFollowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Writes a run's output from its beginning, and ends with it.",
        discussion:
            "Ends with the exit code of the run's command, as \"agent runs start --follow\" does.")

    @Argument(help: "The run's id.")
    var id: String

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let following = RunFollowing(
                client: try target.client(config: agent.config), id: id,
                writesOutput: !output.json, writesEvents: output.json)
            let run = try following.untilEnd()
            if !run.isOK, !output.json { StandardError.write("\(run.ending)\n") }
            throw ExitCode(run.processExitCode)
        }
    }
}
