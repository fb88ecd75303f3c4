/// Runs and their output, stored.
///
/// What changes something is committed when it returns.
package struct RunStore: Sendable {
    let repo: Repo
    let queue: RunWriteQueue

    /// - Parameter transactionBytes: What one transaction takes at most of what waits to be written.
    package init(_ repo: Repo, transactionBytes: Int = 4 << 20) {
        self.repo = repo
        queue = RunWriteQueue(repo, transactionBytes: transactionBytes)
    }

    // MARK: Writing

    /// Stores a new run.
    package func create(_ run: Run) async throws(RepoError) { try await queue.store(.create(run)) }

    /// Stores what became of a run. What was asked for (device, command, …) stays as it was created.
    package func save(_ run: Run) async throws(RepoError) { try await queue.store(.save(run)) }

    /// Stores pieces of output, all or none.
    package func append(_ chunks: [RunChunk]) async throws(RepoError) {
        guard !chunks.isEmpty else { return }
        try await queue.store(.append(chunks))
    }

    /// Gives every run that has not ended an end: those that a former agent left behind. Answers them.
    @discardableResult
    package func closeUnfinished(reason: String, message: String, at: Int64)
        async throws(RepoError) -> [Run]
    {
        try await repo.write { session throws(RepoError) in
            var runs = try session.all(.unfinishedRuns, decode: RunRow.decode)
            for index in runs.indices {
                runs[index].status = .error
                runs[index].reason = reason
                runs[index].message = message
                runs[index].finishedAt = at
                try RunWrite.save(runs[index]).perform(in: session)
            }
            return runs
        }
    }

    /// Stores the devices there are now; forgets those there were.
    package func saveDevices(_ devices: [DeviceRow], at: Int64) async throws(RepoError) {
        try await repo.write { session throws(RepoError) in
            try session.run(.forgetDevices)
            for device in devices {
                try session.run(
                    .saveDevice,
                    [
                        .text(device.id), .text(device.site), .text(device.protocolName),
                        .integer(at),
                    ])
            }
        }
    }

    // MARK: Reading

    package func run(_ id: RunID) async throws(RepoError) -> Run? {
        try await repo.read { session throws(RepoError) in
            try session.one(.findRun, [.text(id.text)], decode: RunRow.decode)
        }
    }

    /// The newest runs, or with `before` those older than that one; newest first.
    package func runs(
        _ filter: RunFilter = RunFilter(), before: RunID? = nil, limit: Int = 100
    ) async throws(RepoError) -> [Run] {
        let (statement, values) = filter.query(before: before, limit: limit)
        return try await repo.read { session throws(RepoError) in
            try session.all(statement, values, decode: RunRow.decode)
        }
    }

    /// A run's output behind the chunk `after`, in order: as many chunks as fit, but at least one if there is one.
    package func chunks(of run: RunID, after: Int64 = 0, maxBytes: Int = 1 << 20)
        async throws(RepoError) -> [RunChunk]
    {
        try await repo.read { session throws(RepoError) in
            var chunks: [RunChunk] = []
            var bytes = 0
            try session.each(.findChunks, [.text(run.text), .integer(after)]) { columns in
                let size = columns.byteCount(2)
                guard chunks.isEmpty || bytes + size <= maxBytes else { return false }
                bytes += size
                chunks.append(
                    RunChunk(
                        runID: run, seq: columns.integer(0), at: columns.integer(1),
                        bytes: columns.bytes(2)))
                return true
            }
            return chunks
        }
    }

    /// How many runs are in each status; statuses without runs are left out.
    package func counts() async throws(RepoError) -> [RunStatus: Int] {
        let pairs = try await repo.read { session throws(RepoError) in
            try session.all(.countRuns) { (RunStatus(rawValue: $0.text(0)), Int($0.integer(1))) }
        }
        var counts: [RunStatus: Int] = [:]
        for case (let status?, let count) in pairs { counts[status] = count }
        return counts
    }
}
