import Synchronization

/// The cells of one series that one thread writes.
///
/// A shard belongs to the thread that made it: it adds with a plain load and store, which costs a tenth of an
/// atomic addition and never disturbs another core. Readers add up all shards of a series. Threads beyond
/// `maximumPrivate` per series share one shard and add atomically.
///
/// Memory: this header, then the group's cells, 8 bytes each.
struct Shard: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<Shard>
    typealias Cell = UnsafeMutablePointer<Atomic<UInt64>>

    static let maximumPrivate = 8
    /// The owner of a shard that several threads share; no thread has this number.
    static let everyone: UInt32 = 0

    /// Thread slot of its writer.
    let owner: UInt32
    /// One bit per metric of the group that this shard has a value for.
    let touched: Atomic<UInt32>

    private init(owner: UInt32) {
        self.owner = owner
        touched = Atomic(0)
    }

    /// How much memory a shard of so many cells takes.
    static func size(cellCount: Int) -> Int { MemoryLayout<Shard>.stride + cellCount * 8 }

    static func make(owner: UInt32, in store: CellStore) -> Pointer {
        // Cells begin at zero, and zero bytes are a valid Atomic<UInt64>.
        let pointer = store.take(owner: owner).bindMemory(to: Shard.self, capacity: 1)
        pointer.initialize(to: Shard(owner: owner))
        return pointer
    }

    static func free(_ shard: Pointer, to store: CellStore) {
        let owner = shard.pointee.owner
        shard.deinitialize(count: 1)
        store.give(UnsafeMutableRawPointer(shard), owner: owner)
    }
}

extension UnsafeMutablePointer where Pointee == Shard {
    @inline(__always)
    var cells: Shard.Cell {
        UnsafeMutableRawPointer(self).advanced(by: MemoryLayout<Shard>.stride)
            .assumingMemoryBound(to: Atomic<UInt64>.self)
    }
}

extension UnsafeMutablePointer where Pointee == Atomic<UInt64> {
    // The one writer's additions.

    /// Adds unless that would overflow; false where it would, and `Carries` has to.
    @inline(__always)
    func add(_ value: Int64) -> Bool {
        let old = Int64(bitPattern: pointee.load(ordering: .relaxed))
        let (sum, overflow) = old.addingReportingOverflow(value)
        guard _fastPath(!overflow) else { return false }
        pointee.store(UInt64(bitPattern: sum), ordering: .relaxed)
        return true
    }

    /// Adds unless the sum's magnitude would be above `limit`.
    @inline(__always)
    func add(_ value: Double, limit: Double) -> Bool {
        let sum = Double(bitPattern: pointee.load(ordering: .relaxed)) + value
        guard sum.magnitude <= limit else { return false }
        pointee.store(sum.bitPattern, ordering: .relaxed)
        return true
    }

    /// Counts one: no count comes near 2^64.
    @inline(__always)
    func count() {
        pointee.store(pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    // Additions where several threads write.

    func addShared(_ value: Int64) -> Bool {
        var old = pointee.load(ordering: .relaxed)
        while true {
            let (sum, overflow) = Int64(bitPattern: old).addingReportingOverflow(value)
            if overflow { return false }
            let (exchanged, current) = pointee.weakCompareExchange(
                expected: old, desired: UInt64(bitPattern: sum), ordering: .relaxed)
            if exchanged { return true }
            old = current
        }
    }

    func addShared(_ value: Double, limit: Double) -> Bool {
        var old = pointee.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: old) + value
            guard sum.magnitude <= limit else { return false }
            let (exchanged, current) = pointee.weakCompareExchange(
                expected: old, desired: sum.bitPattern, ordering: .relaxed)
            if exchanged { return true }
            old = current
        }
    }

    func countShared() { pointee.wrappingAdd(1, ordering: .relaxed) }
}
