import AgentConfiguration
import Automation
import HTTPTypes

extension RunRefusal {
    /// The answer to a request that was refused so.
    var fault: RequestFault {
        var fault = RequestFault(status: status, code: code, message: description)
        switch self {
        case .unknownDevice(let id, let known):
            guard let nearest = known.nearest(to: id) else { break }
            fault.more["nearest"] = .string(nearest)
        case .commandNotAllowed(_, let accepted):
            fault.more["accepted"] = .array(accepted.map { .string($0) })
        case .ended(let run): fault.more["run"] = run.json
        default: break
        }
        return fault
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .unknownDevice, .badCommand, .badRequest: .unprocessableContent
        case .commandNotAllowed: .forbidden
        case .unknownRun: .notFound
        case .ended: .conflict
        case .tooManyRuns: .tooManyRequests
        case .stopping, .store: .serviceUnavailable
        }
    }

    /// For programs.
    private var code: String {
        switch self {
        case .unknownDevice: "unknown_device"
        case .badCommand: "bad_command"
        case .commandNotAllowed: "command_not_allowed"
        case .badRequest: "bad_request"
        case .unknownRun: "unknown_run"
        case .ended: "ended"
        case .tooManyRuns: "too_many_runs"
        case .stopping: "stopping"
        case .store: "store_failed"
        }
    }
}
