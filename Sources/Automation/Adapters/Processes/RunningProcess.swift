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
    private let input: HeldInput?
    private let state = Mutex(State())

    /// With an `input` that is held open, its end takes the place of TERM.
    init(killGrace: Duration, input: HeldInput? = nil) {
        self.killGrace = killGrace
        self.input = input
    }

    /// What the command reads, unless it is nothing.
    var inputDescriptor: Int32? { input?.reading }

    var isCanceled: Bool { state.withLock { $0.isCanceled } }

    /// The command runs, as the leader of a group of its own.
    func started(group: Int32) {
        input?.closeReading()
        state.withLock { state in
            state.group = group
            if state.isCanceled { beginEnd(&state) }
        }
    }

    /// TERM to the group, or the end of its input, and KILL to what is left of it after the grace. Once it has started, if it has not yet.
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

    /// KILL to the group, if it has not ended by itself in a moment.
    func killSoon() {
        state.withLock { state in
            guard state.killer == nil, !state.isOver else { return }
            state.killer = killer(after: OutputPump.drainGrace)
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
        if let input {
            input.end()
        } else {
            kill(-group, SIGTERM)
            // A stopped process would not get to its TERM.
            kill(-group, SIGCONT)
        }
        state.killer?.cancel()
        state.killer = killer(after: killGrace)
    }

    private func killer(after grace: Duration) -> Task<Void, Never> {
        Task { [weak self] in
            do { try await Task.sleep(for: grace) } catch { return }
            self?.killGroup()
        }
    }
}
