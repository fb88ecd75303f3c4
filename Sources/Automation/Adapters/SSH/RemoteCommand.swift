/// What is sent to the other side: the command, and a shell around it that sees to its end.
///
/// The other side's login shell is told as little as can be: to become `sh`, and to say in words that nobody else knows
/// that it has (`text`). Only then everything else follows over the session's input (`input`), so it is changed by no
/// login shell, stands in no list of processes, and goes to nothing that is no shell.
///
/// The shell says on the command's own output how the command ended, so that the command's 255 is not taken for `ssh`'s
/// own. When its input ends, because the agent says so or because the connection has gone, it ends the command's process
/// group: TERM, then KILL after the grace.
struct RemoteCommand: Sendable {
    let nonce: String
    /// For the login shell: without single quotes, exclamation marks or two backslashes in a row within the quotes,
    /// which some read otherwise.
    let text: String
    /// One line for `sh`.
    let input: [UInt8]

    /// What the shell itself has to say about jobs goes nowhere.
    private static let beforeCommand =
        #"exec 3<&0 </dev/null 2>&1; s=$(command -v setsid); "#
        + #"agent_newline=$(printf "\n."); agent_newline=${agent_newline%.}; ("#
    private static let afterCommand = [
        #"exec "$@") 3<&- & c=$!"#,
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
        if let name = variables.keys.sorted().first(where: { !Self.isName($0) }) {
            throw .invalidCommand("the environment variable '\(name)' cannot be set")
        }
        nonce = Self.makeNonce()
        text =
            #"exec /bin/sh -c 'printf "\036%s+\n" "# + nonce
            + #"; IFS= read -r l && eval "$l"'"#
        // The words come first: what is exported may change how the shell splits and finds.
        let words = #"set -- ${s:+"$s"} /usr/bin/env "# + Self.quoted(command) + "; "
        let exports = variables.sorted { $0.key < $1.key }.map {
            "export \($0.key)=\(Self.quoted([$0.value])); "
        }
        input = Array(
            ("n=\(nonce) g=\(SSHOptions.seconds(order.killGrace)); " + Self.beforeCommand + words
                + exports.joined() + Self.afterCommand + "\n").utf8)
    }

    /// Words in one line, whatever is in them.
    private static func quoted(_ words: [String]) -> String {
        ShellText.quoted(words).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: #"'"$agent_newline"'"#)
    }

    /// Source: POSIX.1-2017, 3.235 Name.
    private static func isName(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            default: false
            }
        }
    }

    private static func makeNonce() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
