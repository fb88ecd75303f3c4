import Automation
import EventIntake
import PubSub
import Redaction
import Telemetry

/// What the page looks at.
struct LiveSources: Sendable {
    let hub: PubSub
    let bus: TelemetryBus
    let redactor: CurrentRedactor
    let accounting: IntakeAccounting
    let plugins: RunningPlugins
    let pluginWatch: PluginWatch
    let desk: AlertDesk
    /// Nil where nothing can be run.
    let automation: AutomationRuntime?
    let configurationHash: @Sendable () -> String
}
