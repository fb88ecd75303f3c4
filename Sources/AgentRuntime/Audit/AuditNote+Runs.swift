import Automation
import Repo
import Telemetry

extension AuditNote {
    /// A run was created; it may have been refused by the quota.
    static func started(
        _ run: Run, by actor: AuditEntry.Actor, from origin: RequestOrigin?
    ) -> AuditNote {
        var details: Metadata = [
            "device_id": .string(run.deviceID), "site": .string(run.site),
            "command": .array(run.command.map { .string($0) }),
            "requested_by": .string(run.requestedBy),
        ]
        if run.isRefused { details["reason"] = run.reason.map { .string($0) } }
        return AuditNote(
            run.isRefused ? .runRefused : .runStarted, "start", "run", run.id.text, by: actor,
            details: details, correlationID: run.correlationID, origin: origin)
    }

    /// A run was asked for that nobody may have, or that makes no sense.
    static func refused(
        _ request: RunRequest, _ refusal: RunRefusal, by actor: AuditEntry.Actor,
        from origin: RequestOrigin?
    ) -> AuditNote {
        AuditNote(
            .runRefused, "start", "device", request.deviceID, by: actor,
            details: [
                "reason": .string(refusal.fault.code), "message": .string("\(refusal)"),
                "requested_by": .string(request.requestedBy),
            ], correlationID: request.correlationID, origin: origin)
    }

    static func canceled(
        _ run: Run, by actor: AuditEntry.Actor, from origin: RequestOrigin?
    ) -> AuditNote {
        AuditNote(
            .runCanceled, "cancel", "run", run.id.text, by: actor,
            details: ["device_id": .string(run.deviceID), "site": .string(run.site)],
            correlationID: run.correlationID, origin: origin)
    }
}
