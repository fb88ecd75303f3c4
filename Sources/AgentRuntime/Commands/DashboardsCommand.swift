import ArgumentParser

/// `agent dashboards …`: Grafana dashboards that hold to the metrics there are.
struct DashboardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards",
        abstract: "Makes, checks, exports and pushes Grafana dashboards.",
        subcommands: [
            DashboardsGenerateCommand.self, DashboardsLintCommand.self,
            DashboardsExportCommand.self,
            DashboardsPushCommand.self, DashboardsDiffCommand.self,
        ])
}
