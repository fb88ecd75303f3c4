import AgentConfiguration
import ArgumentParser
import Dashboards

/// `agent dashboards export`
struct DashboardsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes dashboards and alert rules as a configuration has them.",
        discussion: """
            Metrics get the names that the configuration's metric_prefix gives them, wherever an expression
            names one. What has findings is not written: they are said on standard error, and the exit code
            is 1.
            """)

    @Argument(
        help:
            "Dashboards (*.json), rule files (*.rules.yml), directories of them; the shipped when absent."
    )
    var paths: [String] = []

    @Option(help: ArgumentHelp("Where to write them.", valueName: "directory"))
    var output: String?

    @Option(
        help: ArgumentHelp("The uid of the data source that is chosen at first.", valueName: "uid"))
    var datasource: String?

    @Option(
        help: ArgumentHelp("A job that is chosen at first; all when absent.", valueName: "name"))
    var job: [String] = []

    @Option(
        help: ArgumentHelp(
            "An instance that is chosen at first; all when absent.", valueName: "name"))
    var instance: [String] = []

    @Flag(help: "Writes every query as Prometheus gets it, as JSON, instead of dashboards.")
    var queries = false

    @Flag(help: "Writes what has findings as well, and overwrites files that are there.")
    var force = false

    /// Its `--config` and `--plugin` are this command's as well.
    @ParentCommand var agent: AgentCommand

    func validate() throws {
        guard (output != nil) != queries else {
            throw ValidationError("Either --output or --queries says what to write.")
        }
    }

    func run() throws {
        let workspace = try DashboardWorkspace.openOrExit(agent, paths: paths)
        let findings = try workspace.lint(isComplete: false).findings
        for finding in findings { StandardError.write("\(finding)\n") }
        let faulty = force ? [] : Set(findings.map(\.file))
        if let output {
            var export = DashboardExport()
            export.dataSource = datasource
            export.jobs = job
            export.instances = instance
            try DashboardOutput.writeOrExit(
                try workspace.exported(export, besides: faulty), to: output, replacing: force)
        } else {
            try writeQueries(workspace, besides: faulty)
        }
        if !faulty.isEmpty { throw ExitCode(1) }
    }

    private func writeQueries(
        _ workspace: DashboardWorkspace, besides faulty: Set<String>
    ) throws {
        var export = DashboardExport()
        export.renaming = workspace.renaming
        var values = VariableValues()
        values.others = [
            "job": job.isEmpty ? ".+" : job.joined(separator: "|"),
            "instance": instance.isEmpty ? ".+" : instance.joined(separator: "|"),
        ]
        var all: [DashboardQuery] = []
        for dashboard in workspace.files.dashboards where !faulty.contains(dashboard.file) {
            all += DashboardQuery.all(
                of: try workspace.fitted(dashboard, export), filling: values)
        }
        for rules in workspace.files.rules where !faulty.contains(rules.file) {
            all += DashboardQuery.all(ofRules: try workspace.fitted(rules), file: rules.name)
        }
        StandardOutput.write(JSONWriter(.pretty).write(.array(all.map(\.json))))
    }
}
