import Synchronization
import Telemetry

/// Measures how long something takes to answer, without ever waiting for it.
///
/// What has not answered yet counts with the time it has taken so far, so a component that hangs is seen while it does.
final class ResponseTimer: Sendable {
    private struct State {
        var begin: Int64?
        var last: Int64?
        var failure: String?
    }

    private let state = Mutex(State())
    private let clock: TelemetryClock
    private let ask: @Sendable () async throws -> Void

    init(clock: TelemetryClock, ask: @escaping @Sendable () async throws -> Void) {
        self.clock = clock
        self.ask = ask
    }

    /// What is known now, in nanoseconds, and why the last question failed; asks again unless it waits for an answer.
    func measure() -> (time: Int64?, failure: String?) {
        let now = clock.monotonic()
        let (known, isWaiting) = state.withLock { state in
            let isWaiting = state.begin != nil
            let waited = state.begin.map { now &- $0 }
            let time = [state.last, waited].compactMap { $0 }.max()
            if !isWaiting { state.begin = now }
            return ((time: time, failure: state.failure), isWaiting)
        }
        if !isWaiting { Task { await answer() } }
        return known
    }

    private func answer() async {
        var failure: String?
        do { try await ask() } catch { failure = "\(error)" }
        let now = clock.monotonic()
        state.withLock { [failure] state in
            state.last = state.begin.map { now &- $0 }
            state.begin = nil
            state.failure = failure
        }
    }
}
