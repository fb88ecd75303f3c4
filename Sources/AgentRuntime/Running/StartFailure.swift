import AgentConfiguration

/// Why the agent did not start, or came down.
enum StartFailure: Error, CustomStringConvertible {
    /// Exit code 2; every error found.
    case configuration(ConfigurationErrors)
    /// Exit code 1; one sentence.
    case runtime(String)

    var description: String {
        switch self {
        case .configuration(let errors): errors.description
        case .runtime(let sentence): sentence
        }
    }

    var exitCode: Int32 {
        switch self {
        case .configuration: 2
        case .runtime: 1
        }
    }
}
