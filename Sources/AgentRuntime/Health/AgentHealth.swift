import AgentConfiguration
import Automation
import EventIntake
import ServiceLifecycle
import Telemetry

/// All that has to do with the agent's health, put together.
struct AgentHealth: Sendable {
    let registry: HealthRegistry
    private let rules: CurrentHealthRules
    private let manager: ServiceManager?
    private let clock = TelemetryClock.machine

    init(
        _ configuration: AgentConfiguration, intake: EventIntake, plugins: RunningPlugins,
        manager: ServiceManager? = ServiceManager(), redact: @escaping @Sendable (String) -> String
    ) {
        rules = CurrentHealthRules(.init(configuration))
        self.manager = manager
        registry = HealthRegistry(
            patience: configuration.health.patience, clock: clock, redact: redact)
        registry.watch(intake, by: rules, clock: clock)
        registry.register { plugins.readings }
    }

    /// Has the parts that run things looked at; the service follows the runs to their ends.
    func watch(_ automation: AutomationParts, _ store: StoreWatch) -> any Service {
        let outcomes = RunOutcomes()
        registry.watch(automation, outcomes, store, by: rules, clock: clock)
        return RunOutcomesService(outcomes: outcomes, hub: automation.runtime.hub)
    }

    /// Has all components looked at at once, by what this configuration says.
    func use(_ configuration: AgentConfiguration) {
        registry.use(patience: configuration.health.patience)
        rules.use(.init(configuration))
    }

    /// The agent can be reached from now on.
    func listening() {
        registry.beginListening()
        manager?.tell(registry.report.notification)
    }

    var endpoints: [Endpoint] { HealthRoutes(registry: registry).endpoints }

    var service: any Service {
        HealthService(registry: registry, manager: manager, rules: rules)
    }

    var stoppingService: any Service { StoppingService(registry: registry, manager: manager) }
}
