import AgentConfiguration
import Synchronization

/// What health is measured by, which a reload replaces under everyone who measures.
final class CurrentHealthRules: Sendable {
    struct Value: Sendable, Equatable {
        let configuration: HealthConfiguration
        /// Runs that there may be at once.
        let maxActive: Int

        init(_ configuration: AgentConfiguration) {
            self.configuration = configuration.health
            maxActive = configuration.runs.maxActive
        }
    }

    private struct State {
        var value: Value
        var pause: Task<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ value: Value) { state = Mutex(State(value: value)) }

    var value: Value { state.withLock { $0.value } }

    func use(_ new: Value) {
        let pause = state.withLock { state in
            state.value = new
            return state.pause
        }
        pause?.cancel()
    }

    /// Waits so long, or until other rules hold, or the task is canceled. For one caller at a time.
    func wait(for length: @Sendable (Value) -> Duration) async {
        let pause = state.withLock { state in
            let length = length(state.value)
            let pause = Task { _ = try? await Task.sleep(for: length) }
            state.pause = pause
            return pause
        }
        await withTaskCancellationHandler {
            await pause.value
        } onCancel: {
            pause.cancel()
        }
    }
}
