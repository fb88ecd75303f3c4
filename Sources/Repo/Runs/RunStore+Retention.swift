/// What retention has removed.
package struct PruneReport: Sendable, Equatable {
    package var runs = 0
    package var chunks: Int64 = 0

    package init() {}
}

extension RunStore {
    /// Removes the runs that ended before `before`, and then, while runs take more than `maxBytes`, those that ended
    /// first. Runs that have not ended stay. What the audit log takes is not counted.
    ///
    /// Each transaction removes at most `step` chunks, so that other writes wait for milliseconds; between two,
    /// they go first. The file does not shrink at once: freed room is used again, and given back to the system, in
    /// steps as well, where it is more than an eighth of the file.
    @discardableResult
    package func prune(before: Int64? = nil, maxBytes: Int64? = nil, step: Int = 128)
        async throws(RepoError) -> PruneReport
    {
        var report = PruneReport()
        while true {
            let done = report
            let next = try await repo.write { session throws(RepoError) in
                try Self.pruneStep(done, before, maxBytes, Int64(clamping: max(1, step)), session)
            }
            guard let next else { break }
            report = next
        }
        try await shrink()
        return report
    }

    /// Removes a part of one run. Nil where nothing is to be removed.
    private static func pruneStep(
        _ report: PruneReport, _ before: Int64?, _ maxBytes: Int64?, _ step: Int64,
        _ session: Session
    ) throws(RepoError) -> PruneReport? {
        guard let run = try due(before, maxBytes, session) else { return nil }
        var report = report
        let chunks = try session.run(.deleteChunks, [.integer(run), .integer(step)])
        report.chunks &+= chunks
        if chunks < step {
            // One that cannot be removed would be the next for ever.
            guard try session.run(.deleteRun, [.integer(run)]) == 1 else {
                throw .constraint("a run that is to be removed stays")
            }
            report.runs += 1
        }
        return report
    }

    /// The run that is to go next.
    private static func due(_ before: Int64?, _ maxBytes: Int64?, _ session: Session)
        throws(RepoError) -> Int64?
    {
        if let before {
            let old = try session.one(.oldestEndedBefore, [.integer(before)]) { $0.integer(0) }
            if let old { return old }
        }
        guard let maxBytes, try StorePages.read(session).runBytes(session) > maxBytes else {
            return nil
        }
        return try session.one(.oldestEnded) { $0.integer(0) }
    }

    /// Gives free pages back to the system, some at a time, until few enough are left.
    private func shrink() async throws(RepoError) {
        var hasShrunk = false
        while true {
            let goesOn = try await repo.maintain { session throws(RepoError) in
                let pages = try StorePages.read(session)
                guard pages.free > pages.all / 8, pages.freeBytes > 4 << 20 else {
                    return false
                }
                try session.each(.givePagesBack) { _ in true }
                return try StorePages.read(session).free < pages.free
            }
            guard goesOn else { break }
            hasShrunk = true
        }
        guard hasShrunk else { return }
        // The file is cut when the log has been carried over to it.
        try await repo.maintain { session throws(RepoError) in
            try session.each(.carryLogOver) { _ in true }
        }
    }
}

extension Statement {
    fileprivate static let givePagesBack = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA incremental_vacuum(128)")
    fileprivate static let carryLogOver = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA wal_checkpoint(PASSIVE)")
}
