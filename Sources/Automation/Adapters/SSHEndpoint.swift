/// Where and how the runs of a device are started over OpenSSH.
package struct SSHEndpoint: Sendable, Hashable {
    /// What to do with a host key that `knownHostsFile` does not have. One that differs is always refused.
    package enum HostKeyPolicy: String, Sendable, CaseIterable {
        case strict
        /// Writes it down on first sight.
        case acceptNew = "accept-new"
    }

    /// A name or an address; checked by `SSHDestination` before it is passed on.
    package var host: String
    package var port: UInt16
    /// nil: the agent's own.
    package var user: String?
    /// The private key, and no other; nil: those that OpenSSH looks for in `~/.ssh`.
    package var identityFile: String?
    /// nil: OpenSSH's own `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`.
    package var knownHostsFile: String?
    package var hostKeyPolicy: HostKeyPolicy
    /// Until the connection stands and the user is let in.
    package var connectTimeout: Duration
    /// Between two signs of life; after three without an answer the connection counts as lost.
    package var keepAlive: Duration
    /// An `ssh_config(5)` to read; nil: none at all.
    package var configFile: String?
    /// Set for the command on the other side.
    package var environment: [String: String]
    /// Whether the first word of a command is a script for the remote `sh`, the others being its `$1`, `$2`, ….
    package var usesShell: Bool
    /// Whether the command is sent as it is, with nothing around it, to a device that has no `sh`.
    package var isRaw: Bool

    package init(
        host: String, port: UInt16 = 22, user: String? = nil, identityFile: String? = nil,
        knownHostsFile: String? = nil, hostKeyPolicy: HostKeyPolicy = .strict,
        connectTimeout: Duration = .seconds(10), keepAlive: Duration = .seconds(15),
        configFile: String? = nil, environment: [String: String] = [:], usesShell: Bool = false,
        isRaw: Bool = false
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.identityFile = identityFile
        self.knownHostsFile = knownHostsFile
        self.hostKeyPolicy = hostKeyPolicy
        self.connectTimeout = connectTimeout
        self.keepAlive = keepAlive
        self.configFile = configFile
        self.environment = environment
        self.usesShell = usesShell
        self.isRaw = isRaw
    }
}
