import AgentConfiguration
import ArgumentParser

/// `--list-metrics`, `--list-events`, `--list-plugins`, `--list-handlers`
struct ListingVerb {
    private let listing: AgentCommand.Listing
    private let config: String?
    private let libraries: [String]
    private let isJSON: Bool

    init(_ listing: AgentCommand.Listing, _ config: String?, _ libraries: [String], _ isJSON: Bool)
    {
        self.listing = listing
        self.config = config
        self.libraries = libraries
        self.isJSON = isJSON
    }

    func run() throws {
        let configuration = try config.map(LoadedConfiguration.loadOrExit)
        let inventory = try Inventory(
            configuration, libraries: libraries.map(AbsolutePath.of))
        switch listing {
        case .listMetrics: write(inventory.metrics.json, inventory.metrics.table)
        case .listEvents: write(inventory.events.json, inventory.events.table)
        case .listPlugins: write(inventory.plugins.json, inventory.plugins.table)
        case .listHandlers: write(inventory.handlers.json, inventory.handlers.table)
        }
        for refusal in inventory.plugins.refusals { StandardError.write("refused: \(refusal)\n") }
        // What was asked for by name has to be there.
        if !libraries.isEmpty, !inventory.plugins.refusals.isEmpty { throw ExitCode(1) }
    }

    private func write(_ json: JSONValue, _ table: (Int?) -> String) {
        StandardOutput.write(
            isJSON ? JSONWriter(.pretty).write(json) : table(Terminal.width))
    }
}
