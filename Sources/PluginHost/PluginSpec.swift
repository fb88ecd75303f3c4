/// One plugin to run, as the configuration says: a library and one instance of it.
package struct PluginSpec: Hashable, Sendable {
    /// The instance's name, unique.
    package var name: String
    package var library: PluginLocation
    /// The only content the file may have, in hexadecimal digits.
    package var sha256: String?
    /// Whether the agent must not start without it.
    package var isRequired = false

    /// Nil: as the plugin says.
    package var eventPrefix: String?
    package var metricPrefix: String?
    package var durationUnit = "nanosecond"
    /// By the metric's name as the plugin declares it.
    package var adjustments: [String: MetricAdjustment] = [:]

    package var interval: Duration?
    package var timeout: Duration?
    package var filter = SnapshotFilter()

    /// A JSON object that the plugin's schema accepts.
    package var settings = "{}"
    /// What stands as {"secret": KEY} in the settings.
    package var secrets = PluginSecrets()
    /// The settings that are plain numbers and texts, which conditions of metrics may name.
    package var plainSettings: [String: String] = [:]

    package init(name: String, library: PluginLocation) {
        self.name = name
        self.library = library
    }

    func adaptation(of declarations: PluginDeclarations) -> MetricAdaptation {
        MetricAdaptation(
            metricPrefix: metricPrefix ?? declarations.metricPrefix,
            eventPrefix: eventPrefix ?? declarations.eventPrefix, durationUnit: durationUnit,
            adjustments: adjustments, settings: plainSettings)
    }
}
