import Automation
import Repo
import Telemetry

extension AuditNote {
    static func changed(
        from old: QuotaLimits, to new: QuotaLimits, by actor: AuditEntry.Actor = .named(nil),
        origin: RequestOrigin?
    ) -> AuditNote {
        AuditNote(
            .limitsChanged, "change", "quota", by: actor,
            details: ["before": .object(old.audited), "after": .object(new.audited)],
            origin: origin)
    }

    /// - Parameter actor: the hold's owner unless it is known better
    static func hold(
        _ event: AuditEvent, _ action: String, _ lease: Lease, by actor: AuditEntry.Actor? = nil,
        origin: RequestOrigin
    ) -> AuditNote {
        AuditNote(
            event, action, "hold", lease.name,
            by: actor ?? AuditEntry.Actor(lease.owner, .user),
            details: [
                "site": .string(lease.site), "scope": .string(lease.scope.rawValue),
                "owner": .string(lease.owner),
            ], origin: origin)
    }
}

extension QuotaLimits {
    fileprivate var audited: [String: MetadataValue] {
        [
            "global": .integer(Int64(global)),
            "sites": .object(sites.mapValues { .integer(Int64($0)) }),
            "other_sites": otherSites.map { .integer(Int64($0)) } ?? .null,
            "unknown_sites": .string(unknownSites.rawValue),
        ]
    }
}
