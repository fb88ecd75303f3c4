import AgentConfiguration
import ArgumentParser
import Dashboards
import PluginHost

/// A configuration's dashboards, as the verbs of `agent dashboards` need them: files, made to fit, and
/// the metrics there are.
struct DashboardWorkspace {
    let files: DashboardFiles
    let catalog: MetricCatalog
    let inventory: Inventory
    let renaming: MetricRenaming

    /// Says what cannot be read and ends with 2.
    ///
    /// - Parameters:
    ///   - agent: `--config` and `--plugin`, which say what metrics there are.
    ///   - paths: Files and directories; the shipped ones where empty.
    static func openOrExit(_ agent: AgentCommand, paths: [String]) throws -> DashboardWorkspace {
        let configuration = try agent.config.map(LoadedConfiguration.loadOrExit)
        do throws(DashboardFiles.Failure) {
            return try DashboardWorkspace(configuration, libraries: agent.plugin, paths: paths)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(2)
        }
    }

    private init(
        _ configuration: AgentConfiguration?, libraries: [String], paths: [String]
    ) throws(DashboardFiles.Failure) {
        do {
            inventory = try Inventory(
                configuration, libraries: libraries.map(AbsolutePath.of))
            renaming =
                try inventory.survey.map { survey in
                    MetricRenaming(survey, host: try PluginHost.forLooking(configuration))
                } ?? MetricRenaming()
        } catch {
            throw DashboardFiles.Failure(description: "\(error)")
        }
        for refusal in inventory.plugins.refusals { StandardError.write("refused: \(refusal)\n") }
        var files = try DashboardFiles(
            paths: paths.isEmpty ? [try DashboardFiles.usual()] : paths)
        if paths.isEmpty { try files.add(inventory.plugins) }
        self.files = files
        catalog = MetricCatalog(inventory.metrics)
    }

    /// A dashboard as the configuration has it, with its places where nothing was changed.
    func fitted(
        _ dashboard: DashboardFiles.Dashboard, _ export: DashboardExport
    ) throws(DashboardFiles.Failure) -> JSONNode {
        guard !export.renaming.isEmpty else { return dashboard.node }
        let text = JSONWriter(.pretty).write(export.apply(to: dashboard.node.value))
        do throws(JSONError) {
            return try JSONReader.read(text)
        } catch {
            throw DashboardFiles.Failure(description: "\(dashboard.file):\(error)")
        }
    }
}
