import AgentConfiguration
import ArgumentParser
import PluginHost

/// `agent plugin check FILE.so`
struct PluginCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says what is to be mended in a plugin.",
        discussion: """
            Loads the library as the agent would, calls every interface it has, and gives it input no
            sensible host gives. Exits with 1 where there is a fault.
            """)

    @Argument(help: ArgumentHelp("The plugin's library.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Settings to check it with, where it cannot do without any.", valueName: "json"))
    var settings = "{}"

    func run() throws {
        let check = PluginCheck(settings: .reading(nil, log: .silent)) { schema, text in
            (try? JSONSchema(schema))?.faults(of: text) ?? []
        }
        let report = check.run(AbsolutePath.of(file), exampleSettings: settings)
        StandardOutput.write(Self.text(report, file: file))
        if report.isFaulty { throw ExitCode(1) }
    }

    /// What was checked, each finding, and what it comes to, a line each.
    static func text(_ report: PluginCheckReport, file: String) -> String {
        var lines: [String] = []
        if let plugin = report.description {
            lines.append("\(plugin.name) \(plugin.version) (\(plugin.id)): \(plugin.kinds)")
        }
        lines += report.findings.sorted { $0.severity > $1.severity }.map(\.description)
        lines.append("\(file): \(report.isFaulty ? "to be mended" : "good")")
        return lines.map { $0 + "\n" }.joined()
    }
}
