import AgentConfiguration
import PluginHost

/// `--print-schema`: the JSON Schema of the configuration, with that of each plugin's settings.
struct PrintSchemaVerb {
    /// A configuration whose plugins are meant; nil for the shipped ones.
    let file: String?

    func run() throws {
        let configuration = try file.map(LoadedConfiguration.loadOrExit)
        let host = try PluginHost.forLooking(configuration)
        var schemas: [String: JSONSchema] = [:]
        for (name, specification) in plugins(of: configuration) {
            guard let description = try? host.describe(specification),
                let schema = description.settingsSchema.flatMap({ try? JSONSchema($0) })
            else { continue }
            schemas[name] = schema
        }
        StandardOutput.write(AgentConfiguration.jsonSchema(pluginSettings: schemas))
    }

    /// Plugins by the name that "plugin" gives them.
    private func plugins(of configuration: AgentConfiguration?) -> [(String, PluginSpec)] {
        guard let configuration else {
            return PluginDirectories.shippedLibraries.compactMap { file in
                let library = file.split(separator: "/").last ?? ""
                let name = String(library.dropFirst("lib".count).dropLast(".so".count))
                return (name, PluginSpec(name: name, library: PluginLocation(file: file)))
            }
        }
        let directories = PluginDirectories.of(configuration)
        return configuration.plugins.compactMap { plugin in
            guard case .named(let name) = plugin.library else { return nil }
            return (name, plugin.value.spec(directories: directories))
        }
    }
}
