/// The options that `ssh` is started with.
///
/// Source: ssh_config(5), OpenSSH 9.2.
enum SSHOptions {
    /// What connections and sessions share: nothing is asked, forwarded or run here.
    private static let common = [
        "BatchMode=yes", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
        "PermitLocalCommand=no", "RequestTTY=no", "EscapeChar=none", "UpdateHostKeys=no",
    ]

    /// A connection that others share and that has no session of its own.
    static func connection(_ endpoint: SSHEndpoint, socket: String) throws(AdapterFailure)
        -> [String]
    {
        var options = [
            "LogLevel=ERROR", "ControlMaster=yes", "ControlPersist=no",
            "ControlPath=\(try path(socket))",
            "StrictHostKeyChecking=\(endpoint.hostKeyPolicy == .strict ? "yes" : "accept-new")",
            "ConnectTimeout=\(seconds(endpoint.connectTimeout))", "ConnectionAttempts=1",
            "ServerAliveInterval=\(seconds(endpoint.keepAlive))", "ServerAliveCountMax=3",
            "TCPKeepAlive=yes", "ExitOnForwardFailure=yes",
        ]
        if let file = endpoint.knownHostsFile {
            options += ["UserKnownHostsFile=\(try path(file))", "GlobalKnownHostsFile=/dev/null"]
        }
        if let file = endpoint.identityFile {
            options += ["IdentityFile=\(try path(file))", "IdentitiesOnly=yes"]
        }
        return try ["-N", "-F", configuration(endpoint)] + flags(common + options)
    }

    /// A session over a connection that is there. Where it has gone, `ssh` would make one of its own; the proxy that
    /// fails at once keeps it from that.
    static func session(socket: String) throws(AdapterFailure) -> [String] {
        ["-F", "none"]
            + flags(
                common + [
                    "LogLevel=QUIET", "ControlMaster=no", "ControlPath=\(try path(socket))",
                    "ProxyCommand=/bin/false",
                ])
    }

    private static func flags(_ options: [String]) -> [String] { options.flatMap { ["-o", $0] } }

    private static func configuration(_ endpoint: SSHEndpoint) throws(AdapterFailure) -> String {
        guard let file = endpoint.configFile else { return "none" }
        _ = try path(file)
        return file
    }

    /// At least one, at most a day.
    static func seconds(_ duration: Duration) -> Int64 {
        let (seconds, rest) = duration.components
        return min(max(1, rest > 0 ? seconds &+ 1 : seconds), 86_400)
    }

    /// A path that OpenSSH reads as just that: it splits at spaces and replaces `%h`, `~` and `${HOME}`.
    private static func path(_ path: String) throws(AdapterFailure) -> String {
        let isPlain =
            path.hasPrefix("/")
            && path.utf8.allSatisfy { byte in
                byte > 0x1f && byte != 0x7f && !#""\$"#.utf8.contains(byte)
            }
        guard isPlain else {
            throw .invalidEndpoint(
                "'\(path)' is not an absolute path without quotes, dollar signs and backslashes")
        }
        return
            "\"\(path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%"))\""
    }
}
