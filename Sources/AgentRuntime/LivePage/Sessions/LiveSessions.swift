import Synchronization

/// The sessions there are, by their ids.
final class LiveSessions: Sendable {
    struct Figures: Sendable, Equatable {
        var open = 0
        /// Since the agent began.
        var opened = 0
        var sentPatches = 0
        var sentBytes = 0
        /// Updates that pages lost because they did not keep up.
        var lost = 0
        /// Updates that wait for the page that is farthest behind.
        var backlog = 0
    }

    private struct State {
        var sessions: [String: LiveSession] = [:]
        var figures = Figures()
    }

    private let state = Mutex(State())

    subscript(id: String) -> LiveSession? { state.withLock { $0.sessions[id] } }

    func add(_ session: LiveSession) {
        state.withLock { state in
            state.sessions[session.id] = session
            state.figures.opened += 1
        }
    }

    func remove(_ session: LiveSession) {
        state.withLock { $0.sessions[session.id] = nil }
    }

    func note(patch bytes: Int, lost: Int) {
        state.withLock { state in
            if bytes > 0 { state.figures.sentPatches += 1 }
            state.figures.sentBytes += bytes
            state.figures.lost += lost
        }
    }

    var figures: Figures {
        let (figures, sessions) = state.withLock { ($0.figures, Array($0.sessions.values)) }
        var all = figures
        all.open = sessions.count
        all.backlog = sessions.map(\.waiting).max() ?? 0
        return all
    }
}
