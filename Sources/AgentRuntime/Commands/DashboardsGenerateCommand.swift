import AgentConfiguration
import ArgumentParser
import Dashboards

/// `agent dashboards generate`
struct DashboardsGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Makes dashboards of metrics' definitions.",
        discussion: """
            Each metric gets the panel its kind is best seen in, each label a variable. Nothing is started:
            the definitions are those that --list-metrics shows.
            """)

    @Argument(
        help: "Whose metrics: names of plugin instances, \"agent\", \"config\"; all when absent.")
    var owners: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where to write <uid>.json; to standard output when absent.", valueName: "directory"))
    var output: String?

    @Flag(help: "Overwrites files that are there.")
    var force = false

    /// Its `--config` and `--plugin` are this command's as well.
    @ParentCommand var agent: AgentCommand

    func run() throws {
        let dashboards = try generated()
        guard let output else {
            let all = dashboards.map(\.json)
            StandardOutput.write(
                JSONWriter(.pretty).write(all.count == 1 ? all[0] : .array(all)))
            return
        }
        let files = dashboards.map { name, json in
            (path: "\(name).json", contents: JSONWriter(.pretty).write(json))
        }
        try DashboardOutput.writeOrExit(files, to: output, replacing: force)
    }

    /// One dashboard for each owner, in the order they were asked for.
    private func generated() throws -> [(name: String, json: JSONValue)] {
        let configuration = try agent.config.map(LoadedConfiguration.loadOrExit)
        let inventory = try Inventory(
            configuration, libraries: agent.plugin.map(AbsolutePath.of))
        for refusal in inventory.plugins.refusals { StandardError.write("refused: \(refusal)\n") }
        let metrics = MetricCatalog(inventory.metrics).metrics
        let known = Set(metrics.map(\.owner)).sorted()
        for owner in owners where !known.contains(owner) {
            let hint = known.nearest(to: owner).map { "did you mean \"\($0)\"? " } ?? ""
            StandardError.write(
                "no metric is of \"\(owner)\": \(hint)there are \(known.joined(separator: ", "))\n")
            throw ExitCode(2)
        }
        return (owners.isEmpty ? known : owners).map { owner in
            let json = DashboardGenerator(
                name: owner, metrics: metrics.filter { $0.owner == owner }
            ).dashboard
            return (json["uid"]?.string ?? owner, json)
        }
    }
}
