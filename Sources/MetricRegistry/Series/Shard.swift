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

    @inline(__always)
    func add(_ value: Int64) {
        let old = pointee.load(ordering: .relaxed)
        pointee.store(old &+ UInt64(bitPattern: value), ordering: .relaxed)
    }

    @inline(__always)
    func add(_ value: Double) {
        let old = Double(bitPattern: pointee.load(ordering: .relaxed))
        pointee.store((old + value).bitPattern, ordering: .relaxed)
    }

    // Additions where several threads write.

    func addShared(_ value: Int64) {
        pointee.wrappingAdd(UInt64(bitPattern: value), ordering: .relaxed)
    }

    func addShared(_ value: Double) {
        var old = pointee.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + value).bitPattern
            let (exchanged, current) = pointee.weakCompareExchange(
                expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = current
        }
    }
}
