import ArgumentParser

/// `agent plugin new NAME`
struct PluginNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Writes a plugin that builds, to begin with.")

    @Argument(help: "The plugin's name: a letter, then letters and digits.")
    var name: String

    @Option(help: ArgumentHelp("c or swift.", valueName: "language"))
    var language: PluginSkeleton.Language = .c

    @Option(help: ArgumentHelp("exporter or metrics.", valueName: "kind"))
    var kind: PluginSkeleton.Kind = .exporter

    @Option(help: ArgumentHelp("Where to write it; ./<name> when absent.", valueName: "directory"))
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "Path or URL of the package that holds PluginKit, for Swift.", valueName: "package"))
    var agentPackage = "../agent"

    func run() throws {
        let files: [(path: String, contents: String)]
        do {
            files = try PluginSkeleton.files(
                name: name, language: language, kind: kind, agentPackage: agentPackage)
        } catch {
            throw ValidationError("\(error).")
        }
        let target = directory ?? PluginSkeleton.slug(of: name)
        do throws(NewFiles.Failure) {
            try NewFiles.write(files, to: target)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(1)
        }
        for file in files { StandardOutput.write("\(target)/\(file.path)\n") }
    }
}

extension PluginSkeleton.Language: ExpressibleByArgument {}
extension PluginSkeleton.Kind: ExpressibleByArgument {}
