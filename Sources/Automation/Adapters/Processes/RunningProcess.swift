import Glibc
import Synchronization

/// A command's process group, and who may signal it when.
///
/// Its number is the leader's, and belongs to it until the leader has been waited for; `ended` comes before that.
final class RunningProcess: Sendable {
    private struct State {
        /// nil before the start and after the end.
        var group: Int32?
        var isCanceled = false
        var isOver = false
        var killer: Task<Void, Never>?
    }

    private let killGrace: Duration
    private let state = Mutex(State())

    init(killGrace: Duration) { self.killGrace = killGrace }

    var isCanceled: Bool { state.withLock { $0.isCanceled } }

    /// The command runs, as the leader of a group of its own.
    func started(group: Int32) {
        state.withLock { state in
            state.group = group
            if state.isCanceled { beginEnd(&state) }
        }
    }

    /// TERM to the group, and KILL to what is left of it after the grace. Once it has started, if it has not yet.
    func cancel() {
        state.withLock { state in
            guard !state.isCanceled, !state.isOver else { return }
            state.isCanceled = true
            beginEnd(&state)
        }
    }

    /// KILL to what is left of the group.
    func killGroup() {
        state.withLock { state in
            if let group = state.group { kill(-group, SIGKILL) }
        }
    }

    /// The leader is about to be waited for: no signals from now on.
    func ended() {
        let killer = state.withLock { state in
            state.group = nil
            state.isOver = true
            return state.killer
        }
        killer?.cancel()
    }

    private func beginEnd(_ state: inout State) {
        guard let group = state.group else { return }
        kill(-group, SIGTERM)
        // A stopped process would not get to its TERM.
        kill(-group, SIGCONT)
        let grace = killGrace
        state.killer = Task { [weak self] in
            do { try await Task.sleep(for: grace) } catch { return }
            self?.killGroup()
        }
    }
}
