import Synchronization

/// The shards of one series, found by their writer without touching anyone else's.
///
/// A shard's line is written all the time, so it may not be read to learn whose it is: each entry carries the
/// number of its owner beside the address. The first thread's stands in the set itself, up to seven others' and the
/// shared one in a table that is made when a second thread comes.
struct ShardSet: ~Copyable {
    /// An owner in the upper 16 bits, an address in the lower 48; 0: none.
    private typealias Entry = Atomic<UInt64>

    private static let addressMask: UInt64 = (1 << 48) - 1
    /// Entries of the table; the one behind them is the shared shard's.
    private static let tableSize = Shard.maximumPrivate - 1

    private let first = Entry(0)
    private let table = Atomic<UnsafeMutablePointer<Entry>?>(nil)

    init() {}

    /// The shards themselves go back to their store first.
    deinit { table.load(ordering: .acquiring)?.deallocate() }

    /// The shard that the thread of this slot writes to, made now where it has none yet.
    @inline(__always)
    borrowing func shard(of slot: UInt32, from store: Unmanaged<CellStore>) -> Shard.Pointer {
        let entry = first.load(ordering: .acquiring)
        if entry &>> 48 == UInt64(slot), let shard = Self.shard(entry) { return shard }
        return find(slot, store)
    }

    @inline(never)
    private borrowing func find(_ slot: UInt32, _ store: Unmanaged<CellStore>) -> Shard.Pointer {
        // A number that does not fit into an entry owns nothing.
        if slot <= UInt32(UInt16.max) {
            if let shard = Self.claim(first, slot, store) { return shard }
            let table = ownTable()
            for step in 0..<Self.tableSize {
                let index = (Int(slot) &+ step) % Self.tableSize
                if let shard = Self.claim(table[index], slot, store) { return shard }
            }
        }
        return Self.shared(ownTable()[Self.tableSize], store)
    }

    /// The shard of an entry that is this slot's or nobody's; nil where it is another's.
    private static func claim(
        _ entry: borrowing Entry, _ slot: UInt32, _ store: Unmanaged<CellStore>
    ) -> Shard.Pointer? {
        let current = entry.load(ordering: .acquiring)
        if current != 0 { return current &>> 48 == UInt64(slot) ? shard(current) : nil }
        let new = Shard.make(owner: slot, in: store.takeUnretainedValue())
        if install(new, in: entry) { return new }
        Shard.free(new, to: store.takeUnretainedValue())
        return nil
    }

    private static func shared(
        _ entry: borrowing Entry, _ store: Unmanaged<CellStore>
    ) -> Shard.Pointer {
        if let shard = shard(entry.load(ordering: .acquiring)) { return shard }
        let new = Shard.make(owner: Shard.everyone, in: store.takeUnretainedValue())
        if install(new, in: entry) { return new }
        Shard.free(new, to: store.takeUnretainedValue())
        return shard(entry.load(ordering: .acquiring)).unsafelyUnwrapped
    }

    private static func install(_ shard: Shard.Pointer, in entry: borrowing Entry) -> Bool {
        let value = UInt64(shard.pointee.owner) << 48 | UInt64(UInt(bitPattern: shard))
        return entry.compareExchange(
            expected: 0, desired: value, ordering: .acquiringAndReleasing
        ).exchanged
    }

    private static func shard(_ entry: UInt64) -> Shard.Pointer? {
        Shard.Pointer(bitPattern: UInt(entry & addressMask))
    }

    private borrowing func ownTable() -> UnsafeMutablePointer<Entry> {
        if let table = table.load(ordering: .acquiring) { return table }
        let new = UnsafeMutablePointer<Entry>.allocate(capacity: Self.tableSize + 1)
        for index in 0...Self.tableSize { (new + index).initialize(to: Entry(0)) }
        let (exchanged, current) = table.compareExchange(
            expected: nil, desired: new, ordering: .acquiringAndReleasing)
        if exchanged { return new }
        new.deallocate()
        return current.unsafelyUnwrapped
    }

    /// Every shard there is.
    borrowing func visit(_ body: (Shard.Pointer) -> Void) {
        if let shard = Self.shard(first.load(ordering: .acquiring)) { body(shard) }
        guard let table = table.load(ordering: .acquiring) else { return }
        for index in 0...Self.tableSize {
            if let shard = Self.shard(table[index].load(ordering: .acquiring)) { body(shard) }
        }
    }
}
