import Telemetry

/// How an instance is doing, for health pages and the agent's own metrics.
package struct PluginReport: Sendable {
    package enum State: String, Sendable {
        case running, stopped, failed, abandoned
    }

    /// The instance's name.
    package let name: String
    package let description: PluginDescription
    package let state: State
    package let isRequired: Bool
    package let status: PluginStatus
    package let counters: PluginCounters
    package let routes: [PluginRoute]
}

extension PluginReport {
    init(_ instance: PluginInstance) {
        name = instance.spec.name
        description = instance.description
        isRequired = instance.spec.isRequired
        state =
            switch instance.state {
            case .stopped: .stopped
            case .failed: .failed
            case .abandoned: .abandoned
            default: .running
            }
        routes = instance.routes

        var counters = instance.counters.withLock { $0 }
        counters.eventsEmitted = instance.services.emitter.total
        var status = instance.services.status.current
        if let overdue = instance.watch.overdue(now: MonotonicTime.now) {
            counters.overruns += 1
            let late = PluginStatus(
                level: .degraded,
                why: "a call into it is \(Duration.nanoseconds(overdue)) past its deadline",
                since: status.since)
            if status.level < .degraded { status = late }
        }
        self.counters = counters
        self.status = status
    }
}

/// Names the bytes of a library.
package struct PluginImageHash: Hashable, Sendable {
    package let file: String
    package let sha256: String
}

extension PluginDescription {
    /// The bytes it describes.
    package var image: PluginImageHash { PluginImageHash(file: file, sha256: sha256) }
}

/// What became of one plugin of the configuration.
package struct PluginOutcome: Sendable {
    package let name: String
    package let isRequired: Bool
    package let result: Result<PluginDescription, PluginRefusal>
}
