import ArgumentParser

/// `agent`: runs it, or looks before it leaps.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Watches an automation platform and exports what it sees as metrics.",
        usage: """
            agent [run] --config <file>
            agent --list-metrics | --list-events | --list-plugins | --list-handlers [--json] [--config <file>] [--plugin <file> ...]
            agent --check-config <file>
            agent --print-schema
            agent <subcommand>
            """,
        version: AgentVersion.text,
        subcommands: [
            RunCommand.self, RunsCommand.self, SchedulesCommand.self, QuotaCommand.self,
            AuditCommand.self, ReloadCommand.self, EmitCommand.self, TapCommand.self,
            TopCommand.self,
            PluginCommand.self, DashboardsCommand.self,
        ])

    @Option(help: ArgumentHelp("The configuration.", valueName: "file"))
    var config: String?

    @Flag(help: "Says which metrics, events, plugins or handlers there would be, starting nothing.")
    var listing: Listing?

    @OptionGroup var output: JSONOption

    @Option(help: ArgumentHelp("Lists a library that is in no configuration.", valueName: "file"))
    var plugin: [String] = []

    @Option(
        help: ArgumentHelp("Says everything that is wrong with a configuration.", valueName: "file")
    )
    var checkConfig: String?

    @Flag(help: "Writes the JSON Schema of the configuration.")
    var printSchema = false

    enum Listing: String, EnumerableFlag {
        case listMetrics, listEvents, listPlugins, listHandlers
    }

    func validate() throws {
        let tasks = [listing != nil, checkConfig != nil, printSchema].filter(\.self)
        guard tasks.count <= 1 else {
            throw ValidationError(
                "Only one of --list-metrics, --list-events, --list-plugins, --list-handlers, --check-config and --print-schema is done at a time."
            )
        }
    }

    func run() async throws {
        if let listing { return try ListingVerb(listing, config, plugin, output.json).run() }
        if let checkConfig { return try CheckConfigVerb(file: checkConfig).run() }
        if printSchema { return try PrintSchemaVerb(file: config).run() }
        // Subcommands take them as well, so it is only known here that they are of no use.
        guard !output.json, plugin.isEmpty else {
            throw ValidationError(
                "--json and --plugin belong to --list-metrics, --list-events, --list-plugins or --list-handlers."
            )
        }
        guard let config else { throw CleanExit.helpRequest(self) }
        try await RunVerb(file: config).run()
    }
}
