import AgentConfiguration
import Automation
import MetricRegistry
import PluginHost

/// A configuration that was read and checked beside the running one; nothing has been touched yet.
struct PreparedConfiguration: Sendable {
    let configuration: AgentConfiguration
    let metrics: [MetricDefinition]
    let plugins: [PluginChanges.Instance]
    /// Nil where nothing is run.
    let quotaLimits: QuotaLimits?

    /// Reads the file of the running configuration again, and finds everything that keeps it from being used.
    ///
    /// Blocks: it reads files and loads libraries.
    init(
        replacing running: AgentConfiguration, host: PluginHost, environment: Environment
    ) throws(ReloadRejection) {
        do {
            let configuration = try AgentConfiguration.load(
                path: running.file, environment: environment)
            let check = try ConfigurationCheck(configuration, host: host)
            let faults =
                FixedSettings.faults(of: configuration, replacing: running) + check.errors
            guard faults.isEmpty else {
                throw ConfigurationErrors(errors: faults, contentHash: configuration.contentHash)
            }
            self.configuration = configuration
            metrics = check.configuredMetrics.definitions
            plugins = check.survey.described.map {
                PluginChanges.Instance(spec: $0.spec, image: $0.description.image)
            }
            quotaLimits =
                configuration.isAutomated
                ? try QuotaLimits(configuration.quotas).overridden(by: environment) : nil
        } catch let errors as ConfigurationErrors {
            throw ReloadRejection(
                reasons: errors.errors.map(\.description), hash: errors.contentHash)
        } catch {
            throw ReloadRejection(reasons: ["\(error)"])
        }
    }
}

/// Why the old configuration goes on.
struct ReloadRejection: Error, Equatable {
    /// A sentence each.
    let reasons: [String]
    /// Of the file that is not used; nil where it could not be read.
    var hash: String?
    /// Whether the agent itself is coming to its end, whatever the file says.
    var isStopping = false
}
