import ArgumentParser

/// `agent plugin …`: for people who write plugins.
struct PluginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Begins and checks plugins.",
        subcommands: [PluginCheckCommand.self, PluginNewCommand.self])
}
