import AgentConfiguration
import ArgumentParser
import Dashboards

/// `agent dashboards lint`
struct DashboardsLintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Says what is to be mended in dashboards and alert rules.",
        discussion: """
            Every expression is parsed and held against the metrics and labels that the configuration's
            plugins declare, without starting any; and every dashboard against the rules of Grafana's own
            linter. Exits with 1 where something is to be mended, with 2 where a file cannot be read.
            """)

    @Argument(
        help:
            "Dashboards (*.json), rule files (*.rules.yml), directories of them; the shipped when absent."
    )
    var paths: [String] = []

    @Flag(help: "Also asks that every metric stands on a panel.")
    var complete = false

    @OptionGroup var output: JSONOption
    /// Its `--config` and `--plugin` are this command's as well.
    @ParentCommand var agent: AgentCommand

    func run() throws {
        let workspace = try DashboardWorkspace.openOrExit(agent, paths: paths)
        let report = try workspace.lint(isComplete: complete)
        if output.json {
            StandardOutput.write(
                JSONWriter(.pretty).write(.array(report.findings.map(\.json))))
        } else {
            for finding in report.findings { StandardOutput.write("\(finding)\n") }
            StandardOutput.write(summary(workspace, report))
        }
        if !report.findings.isEmpty { throw ExitCode(1) }
    }

    private func summary(_ workspace: DashboardWorkspace, _ report: LintReport) -> String {
        let files = workspace.files
        let findings = report.findings.count
        return "\(files.dashboards.count) dashboards and \(files.rules.count) rule files: "
            + (findings == 0 ? "good\n" : "\(findings) findings\n")
    }
}
