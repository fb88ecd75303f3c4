import Repo
import Telemetry

/// Something that was done, as those who do it tell the audit log.
///
///     audit.record(AuditNote(.runStarted, "start", "run", id, by: .init("cli:ann", .user)))
struct AuditNote: Sendable {
    var event: AuditEvent
    var action: String
    var resourceType: String
    var resourceID: String?
    var actor: AuditEntry.Actor
    /// Secrets are taken out before they are stored.
    var details: Metadata = [:]
    var correlationID: String?
    var origin: RequestOrigin?

    init(
        _ event: AuditEvent, _ action: String, _ resourceType: String, _ resourceID: String? = nil,
        by actor: AuditEntry.Actor = .agent, details: Metadata = [:], correlationID: String? = nil,
        origin: RequestOrigin? = nil
    ) {
        self.event = event
        self.action = action
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.actor = actor
        self.details = details
        self.correlationID = correlationID
        self.origin = origin
    }
}

extension AuditEntry.Actor {
    /// The agent itself.
    static let agent = AuditEntry.Actor("agent", .system)

    /// Who a request says it is from; whoever has the token may give any name.
    static func named(_ name: String?) -> AuditEntry.Actor {
        name.map { AuditEntry.Actor($0, .user) } ?? AuditEntry.Actor("api", .api)
    }
}
