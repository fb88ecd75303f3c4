import AgentConfiguration

/// Decides whether a request may have what it asks for.
///
/// A page that a person visits can make their browser send requests to the loopback address, so
/// being there is not enough: the request's `Host` must be a name of this server (a foreign name that
/// resolves here would not be) and its `Origin`, when there is one, as well. Nor is an address of this machine enough
/// where a proxy may stand there. Who brings the token may call the server by any name: no page knows it.
struct RequestGuard: Sendable {
    /// What is known of a request before its body is read.
    struct Facts: Sendable {
        /// Whether a program of this machine asks for itself.
        var isLocal = false
        /// The address of this end of the connection, without its port.
        var localAddress: String?
        var host: String?
        var origin: String?
        var isFromForeignPage = false
        var authorization: String?
    }

    enum Refusal: Error, Hashable {
        case foreignHost(String)
        case foreignOrigin(String)
        case foreignPage
        case tokenMissing
        case tokenWrong
        case noTokenConfigured
    }

    private let token: Secret?
    private let names: Set<String>
    private let openReads: HTTPConfiguration.OpenReads

    /// - Parameter ownName: the machine's.
    init(
        token: Secret?, listenHost: String, allowedHosts: [String], ownName: String = "",
        openReads: HTTPConfiguration.OpenReads = .loopback
    ) {
        self.token = token
        self.openReads = openReads
        let own = [listenHost, ownName].filter { !$0.isEmpty }
        names = Set(
            (["localhost", "127.0.0.1", "::1"] + own + allowedHosts).map { $0.lowercased() })
    }

    /// Why a request may not have what is accessible so; nil when it may.
    func refusal(of facts: Facts, to access: Endpoint.Access = .guarded) -> Refusal? {
        if case .open = access { return nil }
        let tokenFault = tokenFault(of: facts)
        guard tokenFault == nil || isOwn(host: facts.host, facts) || isNamed(facts, access) else {
            return .foreignHost(facts.host ?? "")
        }
        switch (access, openReads) {
        case (.named, .loopback): return nil
        case (.named, .none): return tokenFault
        default: break
        }
        if let origin = facts.origin, !isOwn(origin: origin, facts) {
            return .foreignOrigin(origin)
        }
        if tokenFault != nil, facts.isFromForeignPage { return .foreignPage }
        if facts.isLocal, case .guarded = access, openReads == .loopback { return nil }
        return tokenFault
    }

    private func tokenFault(of facts: Facts) -> Refusal? {
        guard let token else { return .noTokenConfigured }
        guard let given = Self.token(in: facts.authorization) else { return .tokenMissing }
        return token.matches(given.utf8) ? nil : .tokenWrong
    }

    /// Whether what is only to be looked at may be asked for under this name, though it is not known to be ours: because
    /// nobody could have made it resolve here. Browsers always send one.
    private func isNamed(_ facts: Facts, _ access: Endpoint.Access) -> Bool {
        guard case .named = access else { return false }
        guard let host = facts.host else { return true }
        guard let name = Self.name(in: host) else { return false }
        return IPAddress(name) != nil || !name.contains(".")
    }

    /// The credentials of `Bearer …`, or of `Token …` as InfluxDB's clients write it.
    private static func token(in authorization: String?) -> Substring? {
        guard let authorization, let space = authorization.firstIndex(of: " ") else { return nil }
        let scheme = authorization[..<space].lowercased()
        guard scheme == "bearer" || scheme == "token" else { return nil }
        let credentials = authorization[space...].drop { $0 == " " }
        return credentials.isEmpty ? nil : credentials
    }

    private func isOwn(origin: String, _ facts: Facts) -> Bool {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            return isOwn(host: String(origin.dropFirst(scheme.count)), facts)
        }
        return false
    }

    private func isOwn(host: String?, _ facts: Facts) -> Bool {
        guard let name = host.flatMap(Self.name(in:)) else { return false }
        return names.contains(name) || name == facts.localAddress?.lowercased()
            || LoopbackAddress.contains(name)
    }

    /// The name in `name:port` or `[address]:port`, in lower case; nil when it is neither.
    private static func name(in host: String) -> String? {
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let port = host[host.index(after: end)...]
            guard port.isEmpty || isPort(port) else { return nil }
            return host[host.index(after: host.startIndex)..<end].lowercased()
        }
        guard let colon = host.firstIndex(of: ":") else {
            return host.isEmpty ? nil : host.lowercased()
        }
        guard isPort(host[colon...]), colon > host.startIndex else { return nil }
        return host[..<colon].lowercased()
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && UInt16(text.dropFirst()) != nil
    }
}

extension RequestGuard.Refusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .foreignHost(let host):
            "the Host \"\(host)\" is not one of this agent; add it to \"http.allowed_hosts\" if it is"
        case .foreignOrigin(let origin): "requests from pages of \"\(origin)\" are not accepted"
        case .foreignPage: "requests from pages of other sites are not accepted"
        case .tokenMissing:
            "this needs the header \"Authorization: Bearer …\" with the agent's token"
        case .tokenWrong: "the token is not the agent's"
        case .noTokenConfigured:
            "this needs a token, and the agent has none: give it \"http.token\" or \"http.token_file\""
        }
    }

    /// 401 where credentials would help.
    var isAboutCredentials: Bool { self == .tokenMissing || self == .tokenWrong }
}
