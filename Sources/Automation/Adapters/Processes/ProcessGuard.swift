import CPlatform
import Glibc
import Synchronization

/// Has the processes of runs ended when the agent is gone, however it went.
///
/// The work is done by a forked process (`process_guard.h`). When that one is lost, another takes its place and is told
/// what the first one knew; without any, the sweep at the next start does what it would have done.
final class ProcessGuard: Sendable {
    private struct State {
        var guarding: platform_guard?
        /// 0 where the group is not known yet.
        var groups: [RunMark: Int32] = [:]
        var isStopped = false
    }

    private let state: Mutex<State>

    /// Forks the guard. Cheapest early: until it ends it shares the memory there was at this moment.
    init() { state = Mutex(State(guarding: Self.start())) }

    deinit { stop() }

    /// The guard's process; nil where the system would not give one.
    var processID: Int32? { state.withLock { $0.guarding?.process } }

    /// Guards a run: from before its first process, so that none is missed, and again once its group is known.
    func add(_ mark: RunMark, group: Int32 = 0) {
        state.withLock { state in
            state.groups[mark] = group
            Self.tell(&state) {
                platform_guard_add($0, &$1, group)
            } about: {
                mark
            }
        }
    }

    /// Nothing of the run is left.
    func remove(_ mark: RunMark) {
        state.withLock { state in
            guard state.groups.removeValue(forKey: mark) != nil else { return }
            Self.tell(&state) {
                platform_guard_remove($0, &$1)
            } about: {
                mark
            }
        }
    }

    /// Ends the guard, and with it whatever it still guards.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            Self.end(&state)
        }
    }

    private static func start() -> platform_guard? {
        var guarding = platform_guard()
        return platform_guard_start(&guarding) == 0 ? guarding : nil
    }

    private static func tell(
        _ state: inout State, _ message: (Int32, inout platform_mark) -> Int32,
        about mark: () -> RunMark
    ) {
        guard !state.isStopped else { return }
        var platform = mark().platform
        if let guarding = state.guarding, message(guarding.socket, &platform) == 0 { return }
        // Lost or stuck. One that is stuck must not act on what it knew, which is old by now.
        if let guarding = state.guarding { Glibc.kill(guarding.process, SIGKILL) }
        end(&state)
        state.guarding = start()
        guard let guarding = state.guarding else { return }
        for (mark, group) in state.groups {
            var platform = mark.platform
            guard platform_guard_add(guarding.socket, &platform, group) == 0 else { return }
        }
    }

    private static func end(_ state: inout State) {
        guard let guarding = state.guarding else { return }
        state.guarding = nil
        close(guarding.socket)
        var status: Int32 = 0
        while waitpid(guarding.process, &status, 0) < 0, errno == EINTR {}
    }
}
