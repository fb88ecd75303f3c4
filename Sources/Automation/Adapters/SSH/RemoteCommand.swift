/// What is sent to the other side: the command, and a shell around it that sees to its end.
///
/// The shell says on the command's own output, in words that nobody else knows, that it has begun and how the command
/// ended, so that the command's 255 is not taken for `ssh`'s own. When its input ends, because the agent says so or
/// because the connection has gone, it ends the command's process group: TERM, then KILL after the grace.
struct RemoteCommand: Sendable {
    let nonce: String
    let text: String

    /// In one line and without single quotes, so that any login shell passes it on to `sh` unchanged. What the shell
    /// itself has to say about jobs goes nowhere.
    private static let wrapper = [
        #"exec 3<&0 </dev/null 2>&1; n=$1 g=$2; shift 2; printf "\036%s+\n" "$n""#,
        #"s=; command -v setsid >/dev/null && s=setsid; $s "$@" 3<&- & c=$!"#,
        "exec 4>&1 >/dev/null 2>&1",
        #"(while read -r l; do :; done; kill -s TERM -- "-$c" || kill -s TERM "$c"; "#
            + #"sleep "$g"; kill -s KILL -- "-$c" || kill -s KILL "$c") <&3 3<&- 4>&- & w=$!"#,
        #"exec 3<&-; wait "$c"; e=$?; kill "$w"; [ -z "$s" ] || kill -s KILL -- "-$c""#,
        #"printf "\036%s=%d\n" "$n" "$e" >&4"#,
    ].joined(separator: "; ")

    init(_ endpoint: SSHEndpoint, _ order: RunOrder) throws(AdapterFailure) {
        let command = endpoint.usesShell ? ShellText.script(order.command) : order.command
        var variables = endpoint.environment
        variables[RunMark.variable] = order.runID
        // Checks what a local command is checked for.
        _ = try ProcessLaunch(command: command, environment: variables)
        nonce = Self.makeNonce()
        let settings = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let grace = "\(SSHOptions.seconds(order.killGrace))"
        text =
            "exec /bin/sh -c "
            + ShellText.quoted(
                [Self.wrapper, "sh", nonce, grace, "/usr/bin/env"] + settings + command)
    }

    private static func makeNonce() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
