import AgentConfiguration
import ArgumentParser
import Dashboards

/// `agent dashboards push`
struct DashboardsPushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Brings Grafana's dashboards up to date, once.",
        discussion: """
            What the configuration's Grafana plugins do while the agent runs is done once, and said of each
            dashboard. Dashboards that are named are pushed instead of the configuration's, with its metrics'
            names; none is removed for them. Exits with 1 where something could not be pushed.
            """)

    @OptionGroup var options: GrafanaOptions
    @ParentCommand var agent: AgentCommand

    func run() async throws {
        let report = try await options.report(agent, .once)
        if !report.isFine { throw ExitCode(1) }
    }
}

/// `agent dashboards diff`
struct DashboardsDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Says which dashboards Grafana has otherwise.",
        discussion: """
            Compares as a push would, and writes nothing. Exits with 1 where there is a difference, or where
            Grafana could not be asked.
            """)

    @OptionGroup var options: GrafanaOptions
    @ParentCommand var agent: AgentCommand

    func run() async throws {
        let report = try await options.report(agent, .compare)
        if !report.isUnchanged { throw ExitCode(1) }
    }
}

/// What `push` and `diff` take.
struct GrafanaOptions: ParsableArguments {
    @Argument(
        help:
            "Dashboards (*.json) and directories of them; what the configuration says when absent."
    )
    var paths: [String] = []

    @Option(
        name: .customLong("within"),
        help: ArgumentHelp("How long it may take.", valueName: "seconds"))
    var seconds = 60

    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (1...3600).contains(seconds) else {
            throw ValidationError("--within takes 1 to 3600 seconds.")
        }
    }

    /// Runs the configuration's Grafana plugins once and shows what they say.
    func report(_ agent: AgentCommand, _ mode: GrafanaRun.Mode) async throws -> GrafanaReport {
        guard let file = agent.config else {
            throw ValidationError("Missing expected argument '--config <file>'")
        }
        guard agent.plugin.isEmpty else {
            throw ValidationError("--plugin has no effect here: what is pushed, --config says.")
        }
        guard paths.isEmpty else { return try await reportNamed(agent, mode) }
        let configuration = try LoadedConfiguration.loadOrExit(file)
        let survey = PluginSurvey(configuration, host: try .forLooking(configuration))
        return try await show(survey, mode, directory: nil)
    }

    /// Dashboards that are named on the command line, as the configuration has their metrics. What lint finds fault
    /// with is left out.
    private func reportNamed(
        _ agent: AgentCommand, _ mode: GrafanaRun.Mode
    ) async throws -> GrafanaReport {
        let workspace = try DashboardWorkspace.openOrExit(agent, paths: paths)
        let findings = try workspace.lint(isComplete: false).findings
        for finding in findings { StandardError.write("\(finding)\n") }
        guard let survey = workspace.inventory.survey else { throw ExitCode(2) }
        let exported = try workspace.exported(besides: Set(findings.map(\.file)))
            .filter { $0.path.hasSuffix(".json") }
        let flat = exported.map { file in
            (path: file.path.replacing("/", with: "-"), contents: file.contents)
        }
        let report = try await ScratchDirectory.with(flat) { directory in
            try await show(survey, mode, directory: directory)
        }
        if !findings.isEmpty { throw ExitCode(1) }
        return report
    }

    private func show(
        _ survey: PluginSurvey, _ mode: GrafanaRun.Mode, directory: String?
    ) async throws -> GrafanaReport {
        for error in survey.settingsErrors { StandardError.write("\(error)\n") }
        let run = GrafanaRun(survey, mode, directory: directory, deadline: .seconds(seconds))
        guard survey.settingsErrors.isEmpty, run.isConfigured else {
            if survey.settingsErrors.isEmpty {
                StandardError.write("the configuration has no plugin Grafana that can be used\n")
            }
            throw ExitCode(2)
        }
        let report = try await run.report()
        output.write(report.json) { report.table(width: Terminal.width) }
        for (instance, reason) in report.failures {
            StandardError.write("\(instance): \(reason)\n")
        }
        return report
    }
}
