import ArgumentParser

/// `agent dashboards …`: Grafana dashboards that hold to the metrics there are.
struct DashboardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards", abstract: "Makes, checks and exports Grafana dashboards.",
        subcommands: [
            DashboardsGenerateCommand.self, DashboardsLintCommand.self,
            DashboardsExportCommand.self,
        ])
}
