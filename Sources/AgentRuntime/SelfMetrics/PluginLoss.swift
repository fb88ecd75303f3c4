import PluginHost

/// What an instance may lose or fail at, each counted by a metric of its own. All of them begin with 0, so that the
/// first one is an increase.
enum PluginLoss: String, CaseIterable, Sendable {
    case samplesDropped = "agent_plugin_samples_dropped_total"
    case samplesRejected = "agent_plugin_samples_rejected_total"
    case eventsDropped = "agent_plugin_events_dropped_total"
    case exportsDropped = "agent_plugin_exports_dropped_total"
    case pollFailures = "agent_plugin_poll_failures_total"
    case handlerFailures = "agent_plugin_handler_failures_total"
    case requestFailures = "agent_plugin_request_failures_total"
    case overruns = "agent_plugin_overruns_total"

    var metric: String { rawValue }

    var help: String {
        switch self {
        case .samplesDropped:
            "Updates for a plugin that were lost: more than its queue holds, or its receiver did not take them."
        case .samplesRejected: "Samples and updates that a plugin's receiver refused."
        case .eventsDropped: "Events for a plugin that were lost: its queue was full, or it failed."
        case .exportsDropped: "Exports that were due and not made, or that nobody took."
        case .pollFailures: "Polls of a plugin that failed or took longer than their timeout."
        case .handlerFailures: "Batches of events that a plugin failed to handle."
        case .requestFailures: "Requests to a plugin's routes that it failed to answer."
        case .overruns: "Calls into a plugin that came back after their deadline, or not yet."
        }
    }

    func count(in counters: PluginCounters) -> UInt64 {
        switch self {
        case .samplesDropped: counters.samplesDropped
        case .samplesRejected: counters.samplesRejected
        case .eventsDropped: counters.eventsDropped
        case .exportsDropped: counters.exportsDropped
        case .pollFailures: counters.pollFailures
        case .handlerFailures: counters.handlerFailures
        case .requestFailures: counters.requestFailures
        case .overruns: counters.overruns
        }
    }
}

/// How an instance fares, as the agent's own metrics tell it.
struct PluginVitals: Sendable {
    let name: String
    /// Whether it does what it is there for.
    let isUp: Bool
    /// What it has lost; nil for one that was refused.
    let counters: PluginCounters?
}

extension PluginVitals {
    init(_ report: PluginReport) {
        name = report.name
        isUp =
            report.state == .running && report.status.level != .failed
            && report.counters.isDelivering
        counters = report.counters
    }
}
