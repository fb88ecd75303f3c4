import PluginHost

extension ComponentReading {
    /// How an instance fares, as it or the host says.
    init(_ report: PluginReport) {
        self.init(name: ComponentReading.pluginPrefix + report.name, isRequired: report.isRequired)
        figures = report.counters.figures
        why = report.status.why
        switch report.state {
        case .running:
            switch report.status.level {
            case .ok: status = .ok
            case .degraded: status = .degraded
            case .failed: status = .failed
            }
        case .stopped, .failed, .abandoned:
            status = .failed
            if why.isEmpty { why = "it is \(report.state.rawValue)" }
        }
    }

    /// What a plugin that was not started is; nil for one that was.
    init?(_ outcome: PluginOutcome) {
        guard case .failure(let refusal) = outcome.result else { return nil }
        self.init(
            name: ComponentReading.pluginPrefix + outcome.name, isRequired: outcome.isRequired,
            status: .failed,
            why: "\(refusal)")
    }
}

extension PluginCounters {
    /// Those that are not 0.
    fileprivate var figures: [(name: String, value: Int64)] {
        let failed = exports.filter { $0.key != "ok" }.values.reduce(0, &+)
        let all: [(name: String, value: UInt64)] = [
            ("exports", exports.values.reduce(0, &+)), ("exports_failed", failed),
            ("exports_dropped", exportsDropped), ("export_bytes", exportBytes),
            ("samples_accepted", samplesAccepted), ("samples_rejected", samplesRejected),
            ("samples_streamed", samplesStreamed), ("samples_dropped", samplesDropped),
            ("polls", polls), ("poll_failures", pollFailures), ("overruns", overruns),
            ("events_delivered", eventsDelivered), ("events_dropped", eventsDropped),
            ("events_emitted", eventsEmitted), ("handler_failures", handlerFailures),
            ("requests", requests), ("request_failures", requestFailures),
        ]
        return all.filter { $0.value > 0 }.map { ($0.name, Int64(clamping: $0.value)) }
    }
}
