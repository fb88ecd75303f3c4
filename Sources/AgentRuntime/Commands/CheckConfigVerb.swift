import AgentConfiguration
import ArgumentParser
import PluginHost

/// `--check-config FILE`: everything that is wrong with it, at once.
struct CheckConfigVerb {
    let file: String

    func run() throws {
        let configuration = try LoadedConfiguration.loadOrExit(file)
        let host = try PluginHost.forLooking(configuration)
        let check = try ConfigurationCheck(configuration, host: host)
        guard check.errors.isEmpty else {
            StandardError.write("\(ConfigurationErrors(errors: check.errors))\n")
            throw ExitCode(2)
        }
        let plugins = check.survey.entries.count
        let metrics = configuration.metrics.count
        StandardOutput.write(
            "\(file): good, with \(plugins) plugin\(plugins == 1 ? "" : "s") and "
                + "\(metrics) metric\(metrics == 1 ? "" : "s") of its own\n")
    }
}
