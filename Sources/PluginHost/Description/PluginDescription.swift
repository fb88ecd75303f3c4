package import MetricRegistry

/// A plugin as it can be shown without making an instance of it.
package struct PluginDescription: Sendable {
    package let file: String
    package let sha256: String
    package let id: String
    package let name: String
    package let version: String
    package let vendor: String
    package let summary: String
    /// The plugin interface it was built for, "1.0".
    package let interfaceVersion: String
    package let origin: PluginOrigin

    /// What it offers.
    package let kinds: PluginKinds
    /// JSON Schema of its settings; nil where it has none.
    package let settingsSchema: String?

    package let metricPrefix: String
    package let eventPrefix: String
    /// As the registry would keep them, in the plugin's order.
    package let metrics: [MetricDefinition]
    /// With full names.
    package let events: [DeclaredEvent]
    package let dashboards: [DeclaredDashboard]
}

extension PluginDescription {
    /// Describes a library as one instance of it would be.
    init(_ library: PluginLibrary, _ spec: PluginSpec) throws(PluginRefusal) {
        let adaptation = spec.adaptation(of: library.declarations)
        do throws(PluginRefusal.Reason) {
            metrics = try adaptation.apply(to: library.declarations.metrics)
            let problems = DefinitionErrors.check(metrics, owner: spec.name, besides: [])
            guard problems.isEmpty else {
                throw .badDefinition(problems.map(\.description).joined(separator: "; "))
            }
        } catch {
            throw PluginRefusal(file: library.file, reason: error)
        }
        file = library.file
        sha256 = library.sha256
        id = library.descriptor.id
        name = library.descriptor.name
        version = library.descriptor.version
        vendor = library.descriptor.vendor
        summary = library.descriptor.summary
        interfaceVersion = library.descriptor.interfaceVersion.description
        origin = library.origin
        kinds = library.interfaces.kinds
        settingsSchema = library.descriptor.settingsSchema
        metricPrefix = adaptation.metricPrefix
        eventPrefix = adaptation.eventPrefix
        events = library.declarations.events.map { event in
            var event = event
            event.name = adaptation.eventName(event.name)
            return event
        }
        dashboards = library.declarations.dashboards
    }
}
