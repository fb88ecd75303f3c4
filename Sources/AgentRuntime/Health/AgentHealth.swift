import AgentConfiguration
import Automation
import EventIntake
import ServiceLifecycle
import Telemetry

/// All that has to do with the agent's health, put together.
struct AgentHealth: Sendable {
    let registry: HealthRegistry
    private let configuration: HealthConfiguration
    private let maxActive: Int
    private let manager: ServiceManager?
    private let clock = TelemetryClock.machine

    init(
        _ configuration: AgentConfiguration, intake: EventIntake, plugins: RunningPlugins,
        manager: ServiceManager? = ServiceManager(), redact: @escaping @Sendable (String) -> String
    ) {
        self.configuration = configuration.health
        self.manager = manager
        maxActive = configuration.runs.maxActive
        registry = HealthRegistry(
            patience: configuration.health.patience, clock: clock, redact: redact)
        registry.watch(intake, by: configuration.health, clock: clock)
        registry.register { plugins.readings }
    }

    /// Has the parts that run things looked at; the service follows the runs to their ends.
    func watch(_ automation: AutomationParts) -> any Service {
        let outcomes = RunOutcomes()
        registry.watch(
            automation, outcomes, maxActive: maxActive, by: configuration, clock: clock)
        return RunOutcomesService(outcomes: outcomes, hub: automation.runtime.hub)
    }

    /// The agent can be reached from now on.
    func listening() {
        registry.beginListening()
        manager?.tell(registry.report.notification)
    }

    var endpoints: [Endpoint] { HealthRoutes(registry: registry).endpoints }

    var service: any Service {
        HealthService(registry: registry, manager: manager, interval: configuration.interval)
    }

    var stoppingService: any Service { StoppingService(registry: registry, manager: manager) }
}
