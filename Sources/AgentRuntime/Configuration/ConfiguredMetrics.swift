import AgentConfiguration
import MetricRegistry

/// The configuration's own metrics as definitions, with what is wrong with them at its place.
struct ConfiguredMetrics: Sendable {
    private(set) var definitions: [MetricDefinition] = []
    private(set) var errors: [ConfigurationError] = []
    private var locations: [MetricName: ConfigurationLocation] = [:]

    init(_ metrics: [Located<MetricConfiguration>]) {
        for metric in metrics {
            do {
                let definition = try metric.value.definition()
                definitions.append(definition)
                locations[definition.name] = metric.location
            } catch {
                errors.append(metric.location.error("\(error)"))
            }
        }
    }

    /// A definition's fault, at the place of the definition; nil when it is none of these.
    func located(_ error: DefinitionError) -> ConfigurationError? {
        locations[error.metric].map { $0.error("\(error)") }
    }

    /// Declares them; answers what keeps them from it.
    mutating func declare(in registry: MetricRegistry) {
        do throws(DefinitionErrors) {
            try registry.declare(definitions, owner: MetricConfiguration.owner)
        } catch {
            errors += error.errors.compactMap(located)
        }
    }
}
