import Synchronization

/// A small lossy set of hashes. Forgetting is harmless: the slow path then looks again.
final class NegativeCache: Sendable {
    private static let size = 1024
    private let hashes: Storage

    /// `@unchecked Sendable`: the memory lives as long as the cache and holds atomics only.
    private struct Storage: @unchecked Sendable {
        let slots: UnsafeMutablePointer<Atomic<UInt64>>
    }

    init() {
        let slots = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: Self.size)
        for index in 0..<Self.size { (slots + index).initialize(to: Atomic(0)) }
        hashes = Storage(slots: slots)
    }

    deinit { hashes.slots.deallocate() }

    @inline(__always)
    func contains(_ hash: UInt64) -> Bool {
        hashes.slots[Int(truncatingIfNeeded: hash) & (Self.size - 1)].load(ordering: .relaxed)
            == hash
    }

    func insert(_ hash: UInt64) {
        hashes.slots[Int(truncatingIfNeeded: hash) & (Self.size - 1)].store(
            hash, ordering: .relaxed)
    }

    func clear() {
        for index in 0..<Self.size { hashes.slots[index].store(0, ordering: .relaxed) }
    }
}
