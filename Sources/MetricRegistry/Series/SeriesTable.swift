import Synchronization

/// Rows by hash: open addressing, read without a lock, replaced by a larger one when it fills.
///
/// A slot is the row's address in the low 48 bits and 16 bits of its hash above, so that a miss seldom
/// touches a row.
struct SeriesTable: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<SeriesTable>

    let mask: Int
    let slots: UnsafeMutablePointer<Atomic<UInt64>>

    private init(capacity: Int) {
        mask = capacity - 1
        slots = .allocate(capacity: capacity)
        for index in 0..<capacity { (slots + index).initialize(to: Atomic(0)) }
    }

    deinit { slots.deallocate() }

    static let addressMask: UInt64 = (1 << 48) - 1

    static func make(capacity: Int) -> Pointer {
        let table = Pointer.allocate(capacity: 1)
        table.initialize(to: SeriesTable(capacity: capacity))
        return table
    }

    static func free(_ table: Pointer) {
        table.deinitialize(count: 1)
        table.deallocate()
    }

    /// Puts a row in. There is room, and nobody else writes.
    borrowing func place(_ row: SeriesRow.Pointer) {
        let hash = row.pointee.hash
        var index = Int(hash) & mask
        while slots[index].load(ordering: .relaxed) != 0 { index = (index &+ 1) & mask }
        let tag = UInt64(hash >> 16) << 48
        slots[index].store(
            tag | UInt64(UInt(bitPattern: row)) & Self.addressMask, ordering: .releasing)
    }
}
