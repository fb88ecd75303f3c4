import Telemetry

/// Writes about runs, in the order they came, many to a transaction.
///
/// A commit costs the same for one write as for hundreds. While one is under way, what comes meanwhile waits and
/// goes into the next together: alone, a write waits for nobody. Whoever writes waits until it is committed, so
/// what is queued is bounded by who writes, and a transaction by `transactionBytes`.
final class RunWriteQueue: Sendable {
    private let repo: Repo
    private let transactionBytes: Int
    private let state = Guarded(State())

    private struct Entry: Sendable {
        let write: RunWrite
        let done: CheckedContinuation<Result<Void, RepoError>, Never>
    }

    private struct State {
        var waiting: [Entry] = []
        var isWriting = false
    }

    init(_ repo: Repo, transactionBytes: Int) {
        self.repo = repo
        self.transactionBytes = transactionBytes
    }

    /// Stores it: committed when this returns. Cancelling the task does not take it back.
    func store(_ write: RunWrite) async throws(RepoError) {
        let result = await withCheckedContinuation { done in
            let isFirst = state.withLock { state in
                state.waiting.append(Entry(write: write, done: done))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if isFirst { Task { await self.drain() } }
        }
        try result.get()
    }

    /// Writes until nothing waits any more.
    private func drain() async {
        while let batch = next() {
            let result = await attempt(batch)
            if case .failure(let error) = result, batch.count > 1, error.isOfOneWrite {
                // So that the fault of one is not the others'.
                for entry in batch { entry.done.resume(returning: await attempt([entry])) }
            } else {
                for entry in batch { entry.done.resume(returning: result) }
            }
        }
    }

    /// Takes what goes into one transaction; nil, and no longer writing, where nothing waits.
    private func next() -> [Entry]? {
        state.withLock { state in
            var bytes = 0
            let count =
                state.waiting.firstIndex {
                    bytes += $0.write.byteCount
                    return bytes > transactionBytes
                } ?? state.waiting.count
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            // One that is larger than a transaction should be goes alone.
            let batch = Array(state.waiting.prefix(max(1, count)))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func attempt(_ batch: [Entry]) async -> Result<Void, RepoError> {
        do throws(RepoError) {
            try await repo.write { session throws(RepoError) in
                for entry in batch { try entry.write.perform(in: session) }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}

extension RepoError {
    /// Whether the others of a transaction may do better without the one that failed.
    fileprivate var isOfOneWrite: Bool {
        switch self {
        case .constraint, .full: true
        default: false
        }
    }
}
