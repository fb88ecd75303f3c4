import Synchronization
import Telemetry

/// Which configuration is in use, and whether the last one that was read came into use.
final class ConfigurationStatus: Sendable {
    struct Value: Sendable, Equatable {
        var hash: String
        var isLastReloadGood = true
        /// Nanoseconds since 1970.
        var loadedAt: Int64
    }

    private let state: Mutex<Value>
    private let clock: TelemetryClock

    init(hash: String, clock: TelemetryClock = .machine) {
        self.clock = clock
        state = Mutex(Value(hash: hash, loadedAt: clock.system()))
    }

    var value: Value { state.withLock { $0 } }

    func loaded(hash: String) {
        let now = clock.system()
        state.withLock { $0 = Value(hash: hash, loadedAt: now) }
    }

    func rejected() { state.withLock { $0.isLastReloadGood = false } }
}
