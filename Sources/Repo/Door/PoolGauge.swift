import Synchronization

/// How busy the connections are.
package struct PoolState: Sendable, Hashable {
    /// Connections somebody works with.
    package let inUse: Int
    /// Connections that are open and free.
    package let idle: Int
    /// Accesses that wait for a connection.
    package let waiting: Int
}

/// Counts accesses and connections.
final class PoolGauge: Sendable {
    private let open = Atomic<Int>(0)
    private let inUse = Atomic<Int>(0)
    private let waiting = Atomic<Int>(0)

    func opened() { open.add(1, ordering: .relaxed) }
    func asked() { waiting.add(1, ordering: .relaxed) }

    func began() {
        waiting.subtract(1, ordering: .relaxed)
        inUse.add(1, ordering: .relaxed)
    }

    func ended() { inUse.subtract(1, ordering: .relaxed) }

    /// An access that got no connection.
    func gaveUp() { waiting.subtract(1, ordering: .relaxed) }

    var state: PoolState {
        let used = inUse.load(ordering: .relaxed)
        return PoolState(
            inUse: used, idle: max(0, open.load(ordering: .relaxed) - used),
            waiting: max(0, waiting.load(ordering: .relaxed)))
    }
}
