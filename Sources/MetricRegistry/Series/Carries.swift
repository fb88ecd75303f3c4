import Synchronization
import Telemetry

/// What the integer cells of a group have carried beyond 64 bits: together with its carry a cell is an integer of 128.
///
/// Hardly a series ever carries, so there is no room for it beside the cells. A cell is changed without a lock, as long
/// as it does not overflow; whoever would have it overflow adds under the lock, and readers then look under it too.
final class Carries: Sendable {
    /// By the address of a cell, in units of 2^64.
    private let counts = Guarded<[UInt: Int64]>([:])
    private let isUsed = Atomic<Bool>(false)

    /// Adds where the cell alone might overflow.
    @inline(never)
    func add(_ value: Int64, to cell: Shard.Cell) {
        counts.withLock { counts in
            isUsed.store(true, ordering: .relaxed)
            // Who sees this cell as it is from now on sees that it may have carried.
            atomicMemoryFence(ordering: .releasing)
            var old = cell.pointee.load(ordering: .relaxed)
            while true {
                let (sum, overflow) = Int64(bitPattern: old).addingReportingOverflow(value)
                let (exchanged, current) = cell.pointee.weakCompareExchange(
                    expected: old, desired: UInt64(bitPattern: sum), ordering: .relaxed)
                guard exchanged else {
                    old = current
                    continue
                }
                if overflow {
                    counts[UInt(bitPattern: cell), default: 0] &+= value < 0 ? -1 : 1
                }
                return
            }
        }
    }

    /// All that has been added to a cell.
    func total(_ cell: Shard.Cell) -> Int128 {
        let value = Int64(bitPattern: cell.pointee.load(ordering: .acquiring))
        guard isUsed.load(ordering: .relaxed) else { return Int128(value) }
        return counts.withLock { counts in
            let value = Int64(bitPattern: cell.pointee.load(ordering: .relaxed))
            return Int128(value) + Int128(counts[UInt(bitPattern: cell)] ?? 0) << 64
        }
    }

    /// These cells are given back.
    func forget(_ cells: Shard.Cell, count: Int) {
        guard isUsed.load(ordering: .acquiring) else { return }
        counts.withLock { counts in
            for index in 0..<count { counts[UInt(bitPattern: cells + index)] = nil }
        }
    }
}
