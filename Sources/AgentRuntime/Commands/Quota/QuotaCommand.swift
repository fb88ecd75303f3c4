import ArgumentParser

/// `agent quota …`: who is in at once, and who may come in.
struct QuotaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota",
        abstract: "Shows and changes the quota of a running agent, and holds places in it.",
        discussion: """
            --config FILE names the configuration the agent runs with: it says where the agent is and where its \
            token is kept.
            """,
        subcommands: [QuotaShowCommand.self, QuotaSetCommand.self, QuotaHoldCommand.self])
}
