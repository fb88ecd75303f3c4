import Synchronization
import Telemetry

/// Memory that is out of use but may still be seen by an open snapshot.
///
/// Buried memory is freed when every snapshot that was open then is closed, and no thread is inside a read
/// section that began before.
final class Graveyard: Sendable {
    private struct State {
        var generation: UInt64 = 1
        /// Open snapshots by the generation they began in.
        var open: [UInt64: Int] = [:]
        var buried: [(generation: UInt64, free: @Sendable () -> Void)] = []
    }

    private let state = Mutex(State())

    func bury(_ free: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.buried.append((state.generation, free))
            state.generation += 1
        }
    }

    /// A snapshot begins; the answer goes back to `close`.
    func open() -> UInt64 {
        state.withLock { state in
            state.open[state.generation, default: 0] += 1
            return state.generation
        }
    }

    func close(_ generation: UInt64) {
        state.withLock { state in
            guard let count = state.open[generation] else { return }
            state.open[generation] = count > 1 ? count - 1 : nil
        }
    }

    /// Hands on what no open snapshot can see.
    func collect() {
        let ready = state.withLock { state in
            let oldest = state.open.keys.min() ?? .max
            let count = state.buried.prefix { $0.generation < oldest }.count
            defer { state.buried.removeFirst(count) }
            return state.buried.prefix(count).map(\.free)
        }
        for free in ready { ReadSection.retire(free) }
        ReadSection.collect()
    }
}
