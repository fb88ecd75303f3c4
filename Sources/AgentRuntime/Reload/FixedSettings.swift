import AgentConfiguration

/// What the agent cannot change while it runs: sockets that are open, limits that memory was made for.
enum FixedSettings {
    private struct Setting: Sendable {
        let path: [String]
        let isSame: @Sendable (AgentConfiguration, AgentConfiguration) -> Bool
    }

    /// A sentence for each of them that differs.
    static func faults(
        of new: AgentConfiguration, replacing old: AgentConfiguration
    ) -> [ConfigurationError] {
        all.filter { !$0.isSame(old, new) }.map { setting in
            ConfigurationError(
                file: new.file, position: nil, keyPath: ValuePath(setting.path.map { .key($0) }),
                problem: .inconsistent(
                    reason: "this cannot change while the agent runs; restart it to change this"))
        }
    }

    private static let all: [Setting] =
        [
            setting("http", "listen") { $0.http.listen },
            setting("http", "token") { $0.http.token },
            setting("http", "token_file") { $0.http.tokenFile },
            setting("http", "allowed_hosts") { $0.http.allowedHosts },
            setting("http", "trusted_proxies") { $0.http.trustedProxies },
            setting("http", "open_reads") { $0.http.openReads },
            setting("http", "max_connections") { $0.http.maxConnections },
            setting("http", "drain") { $0.http.drain },
            setting("intake", "unix_stream") { $0.intake.unixStream },
            setting("intake", "unix_datagram") { $0.intake.unixDatagram },
            setting("intake", "udp") { $0.intake.udp },
            setting("intake", "http") { $0.intake.http },
            setting("intake", "limits") { $0.intake.limits },
            setting("series") { $0.series },
            setting("plugin_load") { $0.pluginLoad },
            // Whether there is a store at all counts as well.
            setting("store") { $0.isAutomated ? $0.store : nil },
            setting("audit") { $0.isAutomated ? $0.audit : nil },
            setting("runs", "kill_grace") { $0.runs.killGrace },
            setting("runs", "drain") { $0.runs.drain },
        ]

    private static func setting<Value: Equatable & Sendable>(
        _ path: String..., value: @escaping @Sendable (AgentConfiguration) -> Value
    ) -> Setting {
        Setting(path: path) { value($0) == value($1) }
    }
}
