/// The tasks behind those who wait, and what became of them. Lives under the server's lock.
struct QuotaWaiting: Sendable {
    /// `nil` where it was let in.
    typealias Outcome = QuotaRefusal?
    typealias Task = CheckedContinuation<Outcome, Never>

    private enum Wait: Sendable {
        /// In line, its task not yet suspended.
        case begun
        case suspended(Task)
        /// Decided before its task was suspended.
        case over(Outcome)
    }

    private var waits: [UInt64: Wait] = [:]
    private var ready: [@Sendable () -> Void] = []

    mutating func begin(_ number: UInt64) { waits[number] = .begun }

    /// Hands over the task, which is resumed at once where all is decided.
    mutating func suspend(_ number: UInt64, _ task: Task) {
        guard case .over(let outcome)? = waits[number] else {
            waits[number] = .suspended(task)
            return
        }
        waits[number] = nil
        ready.append { task.resume(returning: outcome) }
    }

    mutating func decide(_ number: UInt64, _ outcome: Outcome) {
        guard case .suspended(let task)? = waits[number] else {
            waits[number] = .over(outcome)
            return
        }
        waits[number] = nil
        ready.append { task.resume(returning: outcome) }
    }

    /// The tasks to resume now that the lock is left.
    mutating func takeReady() -> [@Sendable () -> Void] {
        guard !ready.isEmpty else { return [] }
        defer { ready = [] }
        return ready
    }
}

extension QuotaServer.State {
    mutating func admitWaiters(now: Int64) {
        for number in ledger.admitWaiters(now: now, &outbox) { waiting.decide(number, nil) }
    }
}
