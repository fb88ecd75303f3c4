import AgentConfiguration
import Logging
import Telemetry

/// Tells of reloads: in the log, as events, and in the audit log where there is one.
struct ReloadNews: Sendable {
    let bus: TelemetryBus
    let logger: Logger
    let audit: AuditLog?

    func loaded(
        _ configuration: AgentConfiguration, replacing old: String, _ report: Reloader.Report,
        _ request: ReloadRequest
    ) {
        let changed = report.changed.joined(separator: " ")
        logger.notice(
            "the configuration was read again and is in use",
            metadata: [
                "hash": "\(report.hash)", "changed": "\(changed.isEmpty ? "nothing" : changed)",
            ])
        bus.tellLoaded(configuration)
        audit?.record(.reloaded(configuration.file, from: old, report, request))
    }

    func refused(
        _ rejection: ReloadRejection, staying configuration: AgentConfiguration,
        _ request: ReloadRequest
    ) {
        for reason in rejection.reasons {
            logger.error("the configuration stays as it was: \(reason)")
        }
        bus.execute(
            "agent.config.rejected", ["errors": .init(rejection.reasons.count)],
            ["file": .string(configuration.file)])
        audit?.record(
            .refused(configuration.file, staying: configuration.contentHash, rejection, request))
    }

    func changed(_ plugins: [PluginSwitch.Change], _ request: ReloadRequest) {
        for plugin in plugins { audit?.record(.changed(plugin, request)) }
    }
}

extension TelemetryBus {
    /// Says that a configuration is in use.
    func tellLoaded(_ configuration: AgentConfiguration) {
        execute(
            "agent.config.loaded",
            [
                "plugins": .init(configuration.plugins.count),
                "metrics": .init(configuration.metrics.count),
            ],
            [
                "file": .string(configuration.file),
                "hash": .string(configuration.contentHash),
            ])
    }
}
