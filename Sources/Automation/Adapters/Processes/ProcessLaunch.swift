/// A command as the system takes it.
struct ProcessLaunch: Sendable {
    /// The program and its arguments; without a slash in its name it is looked for along `PATH`.
    let command: [String]
    /// The whole environment, but for the run's mark.
    let environment: [String: String]
    let workingDirectory: String
    /// As whom it runs; nil: as the agent's own user.
    let user: RunUser?

    /// Checked here, for the system would end a text at its first zero byte.
    init(
        command: [String], environment: [String: String] = [:], workingDirectory: String = "/",
        user: RunUser? = nil
    ) throws(AdapterFailure) {
        guard let program = command.first, !program.isEmpty else {
            throw .invalidCommand("the command is empty")
        }
        guard !command.contains(where: { $0.utf8.contains(0) }) else {
            throw .invalidCommand("the command has a zero byte in it")
        }
        for (name, value) in environment {
            guard Self.isName(name), !value.utf8.contains(0) else {
                throw .invalidCommand("the environment variable '\(name)' cannot be set")
            }
        }
        guard workingDirectory.hasPrefix("/"), !workingDirectory.utf8.contains(0) else {
            throw AdapterFailure(
                kind: "spawn", reason: "working_directory",
                message: "the working directory '\(workingDirectory)' is not an absolute path")
        }
        self.command = command
        self.user = user
        self.environment = CleanEnvironment.values.merging(user?.environment ?? [:]) { $1 }
            .merging(environment) { $1 }
        self.workingDirectory = workingDirectory
    }

    /// The environment with the mark, each as `name=value` with its zero.
    func environment(_ mark: RunMark) -> [[UInt8]] {
        var entries = environment
        entries[RunMark.variable] = mark.text
        return entries.map { Array("\($0)=\($1)".utf8) + [0] }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return false }
        return !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "=") }
    }
}
