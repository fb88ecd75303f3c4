/// Something that runs are made against, as the configuration describes it.
package struct Device: Sendable {
    /// How it is reached.
    package enum Endpoint: Sendable {
        case local(LocalEndpoint)
        case ssh(SSHEndpoint)
    }

    package let id: String
    package let site: String
    package let endpoint: Endpoint
    /// What may be run on it.
    package var commands: CommandPolicy
    /// How long a run may take when nothing else is asked; `nil` for the default of all devices.
    package var runTimeout: Duration?
    /// How much of a run's output is kept; `nil` for the default of all devices.
    package var maxOutputBytes: Int?

    package init(
        id: String, site: String, endpoint: Endpoint, commands: CommandPolicy = .any,
        runTimeout: Duration? = nil, maxOutputBytes: Int? = nil
    ) {
        self.id = id
        self.site = site
        self.endpoint = endpoint
        self.commands = commands
        self.runTimeout = runTimeout
        self.maxOutputBytes = maxOutputBytes
    }

    /// The word for it in events and in the store.
    package var protocolName: String {
        switch endpoint {
        case .local: "local"
        case .ssh: "ssh"
        }
    }

    /// Whether a command is a script for a shell.
    var usesShell: Bool {
        switch endpoint {
        case .local(let endpoint): endpoint.usesShell
        case .ssh(let endpoint): endpoint.usesShell
        }
    }

    /// Whether a command goes as one line to something that is no shell.
    var isRaw: Bool {
        if case .ssh(let endpoint) = endpoint { endpoint.isRaw } else { false }
    }
}
