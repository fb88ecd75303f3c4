import Repo

/// The state of one run, and what each thing that happens makes of it.
///
/// Pure: it is told of times, and does nothing itself.
struct RunLifecycle: Sendable {
    /// Why the agent ends a command that would go on; the first reason counts.
    enum Interruption: Sendable, Equatable {
        case canceled(by: String)
        case timeout(after: Duration)
        case agentStopping
        case storeFailed(String)
    }

    /// Which event tells of the end.
    enum Ending: Sendable, Equatable {
        case stopped
        case failed(kind: String, reason: String)
    }

    private(set) var run: Run
    private(set) var interruption: Interruption?

    init(_ run: Run) { self.run = run }

    mutating func start(at time: Int64) {
        guard run.status == .pending else { return }
        run.status = .running
        run.startedAt = time
    }

    /// - Returns: whether this is what ends it.
    mutating func interrupt(_ reason: Interruption) -> Bool {
        guard !run.status.isFinal, interruption == nil else { return false }
        interruption = reason
        return true
    }

    /// Counts output that is kept, up to `limit` bytes for the run.
    ///
    /// - Returns: how many of the bytes are kept.
    mutating func take(_ count: Int, limit: Int) -> Int {
        let room = max(0, limit - Int(clamping: run.bytes))
        let kept = min(count, room)
        run.bytes += Int64(kept)
        if kept < count { run.isTruncated = true }
        return kept
    }

    mutating func addChunks(_ count: Int) { run.chunks += Int64(count) }

    /// There was no room for it.
    mutating func refuse(_ reason: String, _ message: String, at time: Int64) {
        end(.error, reason, message, at: time)
    }

    /// Ended before it was started.
    mutating func giveUp(at time: Int64) {
        switch interruption {
        case .storeFailed(let message)?: end(.error, "store_failed", message, at: time)
        case .agentStopping?: end(.canceled, "agent_stopped", Self.stopped, at: time)
        case .canceled(let by)?: end(.canceled, "canceled", "canceled by \(by)", at: time)
        case .timeout?, nil: end(.canceled, "canceled", nil, at: time)
        }
    }

    mutating func finish(_ result: Result<RunExit, AdapterFailure>, at time: Int64) -> Ending {
        if case .success(.code(let code)) = result { run.exitCode = code }
        switch interruption {
        case .storeFailed(let message)?:
            end(.error, "store_failed", message, at: time)
            return .failed(kind: "store", reason: "store_failed")
        case .canceled(let by)?: end(.canceled, "canceled", "canceled by \(by)", at: time)
        case .agentStopping?: end(.canceled, "agent_stopped", Self.stopped, at: time)
        case .timeout(let limit)?:
            end(.timeout, "timeout", "it did not end within \(limit)", at: time)
        case nil: return finishUndisturbed(result, at: time)
        }
        return .stopped
    }

    private mutating func finishUndisturbed(
        _ result: Result<RunExit, AdapterFailure>, at time: Int64
    ) -> Ending {
        switch result {
        case .success(.code(0)): end(.ok, nil, nil, at: time)
        case .success(.code(let code)):
            end(.error, "exit_code", "the command ended with exit code \(code)", at: time)
        case .success(.signal(let signal)):
            end(.error, "signal", "the command was ended by signal \(signal)", at: time)
        case .failure(let failure):
            end(.error, failure.reason, failure.message, at: time)
            return .failed(kind: failure.kind, reason: failure.reason)
        }
        return .stopped
    }

    private static let stopped = "the agent stopped while it ran"

    private mutating func end(
        _ status: RunStatus, _ reason: String?, _ message: String?, at time: Int64
    ) {
        guard !run.status.isFinal else { return }
        run.status = status
        run.reason = reason
        run.message = message
        run.finishedAt = time
    }
}
