import Repo

/// Who asks for the configuration to be taken into use again, and from where.
struct ReloadRequest: Sendable {
    /// How it was asked for, as the audit log says it.
    enum Way: String, Sendable {
        case http
        case signal
    }

    let way: Way
    let actor: AuditEntry.Actor
    let origin: RequestOrigin?

    /// Whoever may send the agent a signal; the signal does not say who.
    static let hangup = ReloadRequest(way: .signal, actor: .agent, origin: nil)

    /// - Parameter name: who the request says it is from
    static func http(_ name: String?, from origin: RequestOrigin) -> ReloadRequest {
        ReloadRequest(way: .http, actor: .named(name), origin: origin)
    }
}
