import Synchronization
import Telemetry

/// Every component that can fail, and how it fares. Components register what looks at them.
final class HealthRegistry: Sendable {
    /// Looks at one component or several; cheap, and never waits for what it looks at.
    typealias Probe = @Sendable () async -> [ComponentReading]
    /// Told of a component whose status is not what it was before, or which is not well when it is first looked at.
    typealias Listener = @Sendable (ComponentHealth) -> Void

    private struct State {
        var probes: [Probe] = []
        var listeners: [Listener] = []
        var patience: Int64
        var components: [ComponentHealth] = []
        var sampledAt: Int64 = 0
        var isListening = false
        var isStopping = false
    }

    private let state: Mutex<State>
    private let clock: TelemetryClock
    private let redact: @Sendable (String) -> String

    /// - Parameters:
    ///   - patience: how long a limit is broken before that counts
    ///   - redact: takes secrets out of what components say
    init(
        patience: Duration, clock: TelemetryClock = .machine,
        redact: @escaping @Sendable (String) -> String
    ) {
        state = Mutex(State(patience: patience.nanoseconds))
        self.clock = clock
        self.redact = redact
    }

    func register(_ probe: @escaping Probe) { state.withLock { $0.probes.append(probe) } }

    func onChange(_ listener: @escaping Listener) {
        state.withLock { $0.listeners.append(listener) }
    }

    func use(patience: Duration) { state.withLock { $0.patience = patience.nanoseconds } }

    /// Looks at all components. Those that are no more are forgotten.
    func sample() async {
        var readings: [ComponentReading] = []
        for probe in state.withLock({ $0.probes }) { readings += await probe() }
        for index in readings.indices where !readings[index].why.isEmpty {
            readings[index].why = redact(readings[index].why)
        }
        let now = ComponentHealth.Moment(monotonic: clock.monotonic(), system: clock.system())
        let (changed, listeners) = state.withLock { [readings] state in
            let known = Dictionary(state.components.map { ($0.reading.name, $0) }) { $1 }
            let patience = state.patience
            state.components = readings.map { reading in
                guard var component = known[reading.name] else {
                    return ComponentHealth(reading, patience: patience, now: now)
                }
                component.update(reading, patience: patience, now: now)
                return component
            }
            state.sampledAt = now.system
            let changed = state.components.filter {
                $0.status != known[$0.reading.name]?.status ?? .ok
            }
            return (changed, state.listeners)
        }
        for listener in listeners { changed.forEach(listener) }
    }

    /// The agent can be reached.
    func beginListening() { state.withLock { $0.isListening = true } }

    /// The agent is coming to its end.
    func beginStopping() { state.withLock { $0.isStopping = true } }

    /// As of the last sample.
    var report: HealthReport {
        state.withLock {
            HealthReport(
                components: $0.components, sampledAt: $0.sampledAt, isListening: $0.isListening,
                isStopping: $0.isStopping)
        }
    }
}
