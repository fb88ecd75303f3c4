import AgentConfiguration
import MetricRegistry
import PluginHost
import Telemetry

/// The plugins of a configuration, looked at without running any of them.
struct PluginSurvey: Sendable {
    struct Entry: Sendable {
        let configuration: Located<PluginConfiguration>
        /// With the settings, where the plugin's schema accepts them.
        let spec: PluginSpec
        let outcome: Result<PluginDescription, PluginRefusal>
    }

    private(set) var entries: [Entry] = []
    /// What is wrong with plugins' settings, in the order of the file.
    private(set) var settingsErrors: [ConfigurationError] = []

    /// Loads and describes every plugin that is enabled.
    init(_ configuration: AgentConfiguration, host: PluginHost) {
        let directories = PluginDirectories.of(configuration)
        let plugins = configuration.plugins.filter(\.isEnabled)
        let specs = plugins.map { $0.value.spec(directories: directories) }
        for ((plugin, spec), outcome) in zip(zip(plugins, specs), host.describe(specs)) {
            var spec = spec
            if case .success(let description) = outcome {
                do throws(ConfigurationErrors) {
                    let schema = description.settingsSchema.flatMap { try? JSONSchema($0) }
                    spec.use(try plugin.settings.accepted(by: schema))
                } catch {
                    settingsErrors += error.errors
                }
            }
            entries.append(Entry(configuration: plugin, spec: spec, outcome: outcome))
        }
    }

    /// Why plugins cannot be loaded, each at its place in the file.
    var refusals: [ConfigurationError] {
        entries.compactMap { entry in
            guard case .failure(let refusal) = entry.outcome else { return nil }
            return entry.configuration.location.error("\(refusal)")
        }
    }

    /// Those that can be loaded, with what they declare.
    var described: [(spec: PluginSpec, description: PluginDescription)] {
        entries.compactMap { entry in
            (try? entry.outcome.get()).map { (entry.spec, $0) }
        }
    }
}

extension PluginHost {
    /// A host that describes plugins and runs none.
    static func forLooking(_ configuration: AgentConfiguration?) throws -> PluginHost {
        let bus = TelemetryBus()
        return PluginHost(
            bus: bus, registry: try MetricRegistry(bus: bus),
            settings: .reading(configuration, log: .silent))
    }
}

extension PluginHost.Settings {
    /// How plugins are loaded where a configuration says nothing.
    static func reading(
        _ configuration: AgentConfiguration?, log: PluginLog
    ) -> PluginHost.Settings {
        var settings = PluginHost.Settings()
        settings.loadMode = configuration?.pluginLoad.mode ?? .memory
        settings.log = log
        settings.trial = AgentProgram.trial
        settings.schemaFault = { schema in
            do throws(JSONSchemaError) {
                _ = try JSONSchema(schema)
                return nil
            } catch {
                return "\(error)"
            }
        }
        return settings
    }
}
