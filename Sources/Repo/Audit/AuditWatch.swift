import Telemetry

/// What the agent itself knows of its audit log, so that it notices when the store says otherwise.
final class AuditWatch: Sendable {
    private struct State {
        /// Where the log may end: as the last transaction left it, or as the one before did, if that one was undone.
        var ends: [AuditVerdict.Anchor?] = []
        /// No number up to here is given again.
        var floor: Int64 = 0
        var entries: Int64 = 0
        var bytes: Int64 = 0
    }

    private let state = Guarded(State())

    var entries: Int64 { state.withLock { $0.entries } }
    var bytes: Int64 { state.withLock { $0.bytes } }
    var floor: Int64 { state.withLock { $0.floor } }

    /// Takes the log as it is found at the start; numbers up to `floor` were given before.
    func begin(_ end: AuditEnd, _ tally: AuditTally, floor: Int64) {
        state.withLock { state in
            state.ends = [end.last]
            state.floor = max(floor, end.given)
            state.entries = tally.entries
            state.bytes = tally.bytes
        }
    }

    /// A sentence where the log does not end as the agent left it.
    func fault(of end: AuditEnd) -> String? {
        state.withLock { state in
            guard !state.ends.isEmpty, !state.ends.contains(end.last) else { return nil }
            let left = state.ends.last.flatMap { $0?.text } ?? "empty"
            return "the audit log was left at \(left) and was found at \(end.last?.text ?? "empty")"
        }
    }

    /// Another transaction is about to leave the log so.
    func extended(from end: AuditEnd, to tally: AuditTally, last: AuditVerdict.Anchor) {
        state.withLock { state in
            state.ends = [end.last, last]
            state.floor = max(state.floor, last.seq)
            state.entries = tally.entries
            state.bytes = tally.bytes
        }
    }
}
