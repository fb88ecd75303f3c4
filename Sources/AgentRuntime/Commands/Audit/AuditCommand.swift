import ArgumentParser

/// `agent audit …`: what was done with an agent, and by whom.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows what was done and by whom, and verifies that record.",
        subcommands: [AuditListCommand.self, AuditVerifyCommand.self])
}
