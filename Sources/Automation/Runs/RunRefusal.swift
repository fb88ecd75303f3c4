package import Repo

/// Why a request about a run was not carried out. Nothing of it is stored.
package enum RunRefusal: Error, Sendable {
    case unknownDevice(String, known: [String])
    case badCommand(String)
    case commandNotAllowed(device: String, accepted: [String])
    case badRequest(String)
    case unknownRun(String)
    /// To cancel what has ended already.
    case ended(Run)
    case tooManyRuns(limit: Int)
    case stopping
    case store(RepoError)
}

extension RunRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownDevice(let id, let known):
            "there is no device \"\(id)\"; "
                + (known.isEmpty
                    ? "the configuration has no devices"
                    : "there are: " + known.prefix(20).joined(separator: ", "))
        case .badCommand(let problem): "the command cannot be run: \(problem)"
        case .commandNotAllowed(let device, let accepted):
            accepted.isEmpty
                ? "\"\(device)\" accepts no command at all"
                : "\"\(device)\" does not accept this command; it accepts: "
                    + accepted.joined(separator: ", ")
        case .badRequest(let problem): problem
        case .unknownRun(let id): "there is no run \"\(id)\""
        case .ended(let run): "run \(run.id) has ended already: \(run.status.rawValue)"
        case .tooManyRuns(let limit):
            "\(limit) runs are under way, as many as there may be (\"runs.max_active\")"
        case .stopping: "the agent is stopping and starts nothing more"
        case .store(let error): "the run could not be stored: \(error)"
        }
    }
}
