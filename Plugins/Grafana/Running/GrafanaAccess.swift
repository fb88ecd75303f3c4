import PluginKit

/// How Grafana is reached. Holds secrets in the clear: it lives while the transport is made.
struct GrafanaAccess {
    let host: GrafanaHost
    let agentVersion: String
    let timeout: Duration
    var headers: [String] = []
    var basic: (user: String, password: String)?
    var caFile: String?
    var certificateFile: String?
    var keyFile: String?
    var keyPassword: String?
    var proxy: String?

    init(_ settings: GrafanaSettings, host: GrafanaHost, agentVersion: String) {
        self.host = host
        self.agentVersion = agentVersion
        timeout = settings.timeout
        if let token = settings.apiKey, !token.isEmpty {
            headers.append("Authorization: Bearer \(token.revealed)")
        } else if let user = settings.user, let password = settings.password {
            basic = (user, password.revealed)
        } else if let user = host.user {
            basic = (user, host.password ?? "")
        }
        if let organisation = settings.organisation {
            headers.append("X-Grafana-Org-Id: \(organisation)")
        }
        caFile = settings.caFile?.text
        certificateFile = settings.certificateFile?.text
        keyFile = settings.keyFile?.text
        keyPassword = settings.keyPassword?.revealed
        proxy = settings.proxy?.revealed
    }

    /// Everything that must be seen nowhere.
    static func secrets(_ settings: GrafanaSettings, _ host: GrafanaHost) -> [String] {
        let written = [settings.apiKey, settings.password, settings.keyPassword, settings.proxy]
        let proxy = settings.proxy.flatMap { try? GrafanaHost($0.revealed) }
        return written.compactMap { $0?.revealed }
            + [host.user, host.password, proxy?.user, proxy?.password].compactMap { $0 }
    }
}
