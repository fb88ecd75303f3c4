/// Why a connection did not come about or did not last, from what `ssh` says about it.
///
/// Only connections are read so, never sessions: a connection has no output but `ssh`'s own.
enum SSHFailure {
    private static let classes: [(words: [String], kind: String, reason: String)] = [
        (
            [
                "Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED",
                "host key is known for", "No matching host key type",
            ], "connect", "host_key"
        ),
        (
            ["Permission denied", "Too many authentication failures", "No more authentication"],
            "auth", "auth"
        ),
        // The server has too many at once (MaxStartups), or is none: it said nothing of keys.
        (
            [
                "kex_exchange_identification", "ssh_exchange_identification",
                "Exceeded MaxStartups",
            ], "connect", "reset"
        ),
        (["timed out", "Timeout, server", "Operation timed out"], "connect", "timeout"),
    ]

    /// Before anyone was let in.
    static func connecting(_ said: String, _ endpoint: SSHEndpoint) -> AdapterFailure {
        let found = classes.first { $0.words.contains(where: said.contains) }
        var message =
            "cannot connect to \(endpoint.host) port \(endpoint.port): \(sentence(said))"
        // `ssh` is silent about a key that it cannot use.
        if found?.kind == "auth", let file = endpoint.identityFile,
            let trouble = PrivateKeyFile(file).trouble
        {
            message += "; \(trouble)"
        }
        return AdapterFailure(
            kind: found?.kind ?? "connect", reason: found?.reason ?? "connect", message: message)
    }

    static func late(_ endpoint: SSHEndpoint) -> AdapterFailure {
        AdapterFailure(
            kind: "connect", reason: "timeout",
            message: "cannot connect to \(endpoint.host) port \(endpoint.port): "
                + "nobody was let in within \(endpoint.connectTimeout)")
    }

    /// While a command ran: how it ended is not known.
    static func lost(_ said: String, _ endpoint: SSHEndpoint) -> AdapterFailure {
        AdapterFailure(
            kind: "session", reason: "connection_lost",
            message: "the connection to \(endpoint.host) port \(endpoint.port) was lost: "
                + sentence(said))
    }

    /// The connection stands, and the command has not begun.
    static func refused(_ said: String, _ endpoint: SSHEndpoint) -> AdapterFailure {
        AdapterFailure(
            kind: "session", reason: "session_refused",
            message: "\(endpoint.host) port \(endpoint.port) did not begin the command: "
                + sentence(said))
    }

    /// Its last lines in one; the first ones may be a banner.
    private static func sentence(_ said: String) -> String {
        let lines = said.split(whereSeparator: \.isNewline).suffix(3)
        return lines.isEmpty ? "it does not say why" : lines.joined(separator: " ")
    }
}

extension AdapterFailure {
    /// Whether the server let go of a connection before anything was said, which another time it may not.
    var isReset: Bool { kind == "connect" && reason == "reset" }
}
