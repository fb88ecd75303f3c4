import ArgumentParser

/// `agent runs …`: what a running agent runs.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Starts, shows, follows and cancels runs of a running agent.",
        discussion: """
            --config FILE names the configuration the agent runs with: it says where the agent is and where its \
            token is kept.
            """,
        subcommands: [
            RunsStartCommand.self, RunsListCommand.self, RunsShowCommand.self,
            RunsFollowCommand.self, RunsCancelCommand.self,
        ])
}
