import AgentConfiguration
import ServiceLifecycle

/// Looks at all components from time to time, and tells the service manager.
///
/// The first of the services, and so the last to end: the manager hears of the agent until there is none.
struct HealthService: Service {
    let registry: HealthRegistry
    let manager: ServiceManager?
    let rules: CurrentHealthRules

    func run() async throws {
        // Twice within the time after which the manager takes the agent for dead.
        let longest = manager?.watchdog.map { $0 / 2 }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await registry.sample()
                manager?.tell(registry.report.notification)
                await rules.wait { rules in
                    min(rules.configuration.interval, longest ?? rules.configuration.interval)
                }
            }
        }
    }
}

/// Says that the agent is stopping, before anything does. The last of the services.
struct StoppingService: Service {
    let registry: HealthRegistry
    let manager: ServiceManager?

    func run() async throws {
        guard (try? await gracefulShutdown()) != nil else { return }
        registry.beginStopping()
        manager?.tell(registry.report.notification)
    }
}

extension HealthReport {
    /// What the service manager is told. An agent that cannot work does not say that it lives, and is restarted.
    var notification: [String] {
        var lines: [String] = []
        if isStopping {
            lines.append("STOPPING=1")
        } else if isListening {
            lines.append("READY=1")
        }
        if isStopping || status < .failed { lines.append("WATCHDOG=1") }
        return lines + ["STATUS=\(summary)"]
    }
}
