package import Telemetry

/// The plugins of one agent: loads libraries, runs their instances, replaces and stops them.
package final class PluginHost: Sendable {
    /// How plugins are loaded, whatever they are.
    package struct Settings: Sendable {
        package var loadMode: PluginLoadMode = .memory
        package var log: PluginLog = .silent
        /// Why a text is no JSON Schema; nil where it is one.
        package var schemaFault: @Sendable (_ schema: String) -> String? = { _ in nil }

        package init() {}
    }

    package let settings: Settings
    let bus: TelemetryBus

    package init(bus: TelemetryBus, settings: Settings = Settings()) {
        self.bus = bus
        self.settings = settings
    }

    /// How many libraries this process has mapped; they stay.
    package static var imageCount: Int { ImageStore.shared.count }

    /// Describes a library without making an instance: exact, and opens no socket.
    package func describe(_ spec: PluginSpec) throws(PluginRefusal) -> PluginDescription {
        try PluginDescription(load(spec), spec)
    }

    /// Loads and checks a library.
    func load(_ spec: PluginSpec) throws(PluginRefusal) -> PluginLibrary {
        let library = try ImageStore.shared.load(
            spec.library, sha256: spec.sha256, mode: settings.loadMode, log: settings.log,
            clock: bus.clock)
        if let schema = library.descriptor.settingsSchema, let fault = settings.schemaFault(schema)
        {
            throw PluginRefusal(
                file: library.file,
                reason: .badText(what: "its settings schema", .unusable(fault)))
        }
        return library
    }
}
