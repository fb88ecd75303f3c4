/// How the runs of a device on this machine are started.
package struct LocalEndpoint: Sendable, Equatable {
    /// Where commands start; an absolute path. nil: the root directory.
    package var workingDirectory: String?
    /// Beside `PATH`, `LANG` and `HOME`, which it may replace. The agent's own environment is never passed on.
    package var environment: [String: String]
    /// Whether the first word of a command is a script for `/bin/sh`, the others being its `$1`, `$2`, ….
    package var usesShell: Bool
    /// As whom commands run; nil: as the agent's own user.
    package var runAs: String?

    package init(
        workingDirectory: String? = nil, environment: [String: String] = [:],
        usesShell: Bool = false, runAs: String? = nil
    ) {
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.usesShell = usesShell
        self.runAs = runAs
    }
}
