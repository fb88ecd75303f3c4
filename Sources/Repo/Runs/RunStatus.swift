/// Where a run stands.
///
///     pending ──▶ running ──▶ ok | error | canceled | timeout
///        └──────────────────▶ error | canceled
package enum RunStatus: String, CaseIterable, Sendable {
    /// Asked for and stored; waits for its quota or its turn.
    case pending
    case running
    /// Its command ended with exit code 0.
    case ok
    /// Its command ended otherwise, or it could not be carried out: `Run.reason` says which.
    case error
    case canceled
    case timeout

    /// Whether nothing follows.
    package var isFinal: Bool {
        switch self {
        case .pending, .running: false
        case .ok, .error, .canceled, .timeout: true
        }
    }

    /// Whether somebody should look at it: not what was canceled on purpose.
    package var isFailure: Bool { self == .error || self == .timeout }
}
