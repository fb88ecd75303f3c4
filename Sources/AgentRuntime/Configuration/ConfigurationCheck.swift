import AgentConfiguration
import MetricRegistry
import PluginHost
import Telemetry

/// Everything that can be known to be wrong with a configuration without running it.
struct ConfigurationCheck {
    /// In the order of the file.
    private(set) var errors: [ConfigurationError] = []
    private(set) var survey: PluginSurvey
    private(set) var configuredMetrics: ConfiguredMetrics

    /// - Parameter host: loads the plugins; not started.
    init(_ configuration: AgentConfiguration, host: PluginHost) throws {
        survey = PluginSurvey(configuration, host: host)
        configuredMetrics = ConfiguredMetrics(configuration.metrics)
        let registry = try MetricRegistry(bus: TelemetryBus())
        try registry.declare(SelfMetric.definitions(), owner: SelfMetric.owner)
        configuredMetrics.declare(in: registry)
        errors = configuredMetrics.errors + survey.settingsErrors + survey.refusals
        for entry in survey.entries {
            guard case .success(let description) = entry.outcome else { continue }
            do throws(DefinitionErrors) {
                try registry.declare(description.metrics, owner: entry.spec.name)
            } catch {
                errors += error.errors.map { fault in
                    entry.configuration.location.error("\(fault)")
                }
            }
        }
        errors = ConfigurationErrors.inFileOrder(errors).errors
    }
}

extension ConfigurationErrors {
    /// Errors of one file that were found in some other order.
    static func inFileOrder(_ errors: [ConfigurationError]) -> ConfigurationErrors {
        ConfigurationErrors(
            errors: errors.sorted { ($0.position?.offset ?? 0) < ($1.position?.offset ?? 0) })
    }
}
