import AgentConfiguration
import MetricRegistry
import Redaction
import Telemetry

/// What is only a matter of setting it: it holds for whatever happens from then on, and cannot fail.
struct RunningRules: Sendable {
    let bus: TelemetryBus
    let registry: MetricRegistry
    let redactor: CurrentRedactor
    let log: LogControl
    let handlers: DefaultHandlers

    /// Has everything hold that the configuration says.
    func use(_ new: AgentConfiguration) {
        log.apply(new.log)
        use(new.redaction.redactor)
        bus.setPipeline(new.eventPipeline(redactor.value))
        handlers.apply(new.handlers)
    }

    /// Touches what differs only, and answers its keys.
    func use(_ new: AgentConfiguration, replacing old: AgentConfiguration) -> [String] {
        var changed: [String] = []
        if new.log != old.log {
            log.apply(new.log)
            changed.append("log")
        }
        let isRedactedAlike = new.redaction == old.redaction
        if !isRedactedAlike {
            use(new.redaction.redactor)
            changed.append("redaction")
        }
        if new.pipeline != old.pipeline { changed.append("pipeline") }
        if !isRedactedAlike || new.pipeline != old.pipeline {
            bus.setPipeline(new.eventPipeline(redactor.value))
        }
        if new.handlers != old.handlers {
            handlers.apply(new.handlers)
            changed.append("handlers")
        }
        return changed
    }

    /// Before anything else that changes, so that what is told of the change is without the secrets that are new.
    private func use(_ new: Redactor) {
        redactor.use(new)
        log.use(new)
        registry.redactLabels(with: new)
    }
}
