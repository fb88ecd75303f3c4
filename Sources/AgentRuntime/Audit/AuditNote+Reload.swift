import PluginHost
import Repo
import Telemetry

extension AuditNote {
    /// Another configuration is in use.
    static func reloaded(
        _ file: String, from old: String, _ report: Reloader.Report, _ request: ReloadRequest
    ) -> AuditNote {
        AuditNote(
            .configurationReloaded, "reload", "config", file, by: request.actor,
            details: [
                "hash_before": .string(old), "hash": .string(report.hash),
                "changed": .array(report.changed.map { .string($0) }),
                "way": .string(request.way.rawValue),
            ], origin: request.origin)
    }

    /// The configuration stays as it was.
    static func refused(
        _ file: String, staying hash: String, _ rejection: ReloadRejection, _ request: ReloadRequest
    ) -> AuditNote {
        AuditNote(
            .configurationRefused, "reload", "config", file, by: request.actor,
            details: [
                "hash": .string(hash), "hash_refused": rejection.hash.map { .string($0) } ?? .null,
                "errors": .array(rejection.reasons.map { .string($0) }),
                "way": .string(request.way.rawValue),
            ], origin: request.origin)
    }

    /// An instance of a plugin runs otherwise than before.
    static func changed(_ plugin: PluginSwitch.Change, _ request: ReloadRequest) -> AuditNote {
        let (event, action): (AuditEvent, String) =
            switch (plugin.before, plugin.after) {
            case (nil, _): (.pluginStarted, "start")
            case (_, nil): (.pluginRemoved, "remove")
            default: (.pluginReplaced, "replace")
            }
        return AuditNote(
            event, action, "plugin", plugin.name, by: request.actor,
            details: [
                "before": plugin.before?.audited ?? .null, "after": plugin.after?.audited ?? .null,
            ], origin: request.origin)
    }
}

extension PluginDescription {
    fileprivate var audited: MetadataValue {
        [
            "plugin": .string(name), "version": .string(version), "file": .string(file),
            "sha256": .string(sha256),
        ]
    }
}
