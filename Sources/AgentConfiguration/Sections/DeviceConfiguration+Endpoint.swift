/// How runs on this machine are started.
package struct LocalDeviceConfiguration: Hashable, Sendable {
    /// Resolved against the configuration's directory; `nil` for the root directory.
    package let workingDirectory: String?
    package let environment: [String: String]

    /// Whether a command is a script for `/bin/sh`.
    package let usesShell: Bool

    /// As whom commands run; the agent's own user when absent.
    package let runAs: String?
}

/// Where and how runs are started over OpenSSH.
package struct SSHDeviceConfiguration: Hashable, Sendable {
    /// What to do with a host key that is not known; one that differs is always refused.
    package enum HostKeyPolicy: String, CaseIterable, Sendable {
        case strict
        case acceptNew = "accept-new"
    }

    package let host: String
    package let port: UInt16
    package let user: String?
    package let identityFile: String?
    package let knownHosts: String?
    package let hostKeyPolicy: HostKeyPolicy
    package let connectTimeout: Duration
    package let keepAlive: Duration
    package let configFile: String?
    package let environment: [String: String]

    /// Whether a command is a script for the shell over there.
    package let usesShell: Bool

    /// Whether a command is sent as it is, to a device that has no `sh`.
    package let isRaw: Bool
}

extension LocalDeviceConfiguration {
    static let shape = Shape<LocalDeviceConfiguration>.object(
        Field<String?>(
            "working_directory", .path("a directory"),
            "Where commands start; the root directory when absent."),
        Field<[String: String]>(
            "environment", .variables, default: [:],
            "Variables beside PATH, LANG and HOME; the agent's own are not passed on."),
        Field<Bool>(
            "shell", .boolean, default: false,
            "Whether a command is a script for /bin/sh, its words joined by blanks."),
        Field<String?>(
            "run_as", .name(.localUser),
            "The user to run commands as, for an agent that runs as root; its own when absent."),
        build: LocalDeviceConfiguration.init)
}

extension SSHDeviceConfiguration {
    static let shape = Shape<SSHDeviceConfiguration>.object(
        Field<String>("host", .name(.remoteHost), "A host name or an address."),
        Field<UInt16>(
            "port", Shape<Int>.integer(in: 1...65_535).map { UInt16(truncatingIfNeeded: $0) },
            default: 22, "The port of its SSH server."),
        Field<String?>(
            "user", .name(.remoteUser), "Who to log in as; the agent's own user when absent."),
        Field<String?>(
            "identity_file", .path("a file's path"),
            "The private key; what OpenSSH would offer when absent."),
        Field<String?>(
            "known_hosts", .path("a file's path"),
            "The known host keys; OpenSSH's own files when absent."),
        Field<HostKeyPolicy>(
            "host_key_policy", .word, default: "strict",
            "Whether a host key that is not known is refused or written down."),
        Field<Duration>(
            "connect_timeout", .duration(in: .seconds(1)...(.seconds(300))), default: "10s",
            "How long connecting and logging in may take."),
        Field<Duration>(
            "keep_alive", .duration(in: .seconds(1)...(.seconds(3600))), default: "15s",
            "How often the other side is asked for a sign of life; three without are a loss."),
        Field<String?>(
            "ssh_config", .path("a file's path"),
            "A configuration of OpenSSH to read; none when absent."),
        Field<[String: String]>(
            "environment", .variables, default: [:], "Variables for the command over there."),
        Field<Bool>(
            "shell", .boolean, default: false,
            "Whether a command is a script for the shell over there, its words joined by blanks."),
        Field<Bool>(
            "raw", .boolean, default: false,
            "Whether a command is sent as it is, one line, to a device that has no shell."),
        build: SSHDeviceConfiguration.init
    )
    .ruled(by: checkRaw)

    /// What a device without a shell cannot do.
    private static func checkRaw(_ node: JSONNode, _ decoding: inout Decoding) {
        guard case .bool(true)? = node.member("raw")?.value.content else { return }
        if case .bool(true)? = node.member("shell")?.value.content {
            decoding.reject(node, key: "shell", "\"raw\" is for devices that have no shell")
        }
        if case .object(let variables)? = node.member("environment")?.value.content,
            !variables.isEmpty
        {
            decoding.reject(
                node, key: "environment", "a device without a shell takes no variables")
        }
    }
}

extension Shape<[String: String]> {
    fileprivate static let variables = dictionary(
        of: Shape<String>.text("a text", limit: 65_536), keyedBy: .variableName,
        "an object of environment variables")
}

extension KeyRule {
    /// Nothing that an ssh command line could take for an option.
    fileprivate static let remoteHost = KeyRule(
        expectation: "a host name or an address",
        pattern: "^[A-Za-z0-9:_][A-Za-z0-9:_.%-]{0,252}$")

    fileprivate static let localUser = KeyRule(
        expectation: "a user's name", pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$")

    fileprivate static let remoteUser = KeyRule(
        expectation: "a user's name", pattern: "^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$")
}
