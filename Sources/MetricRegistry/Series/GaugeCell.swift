import Synchronization

/// The newest value of a last_value series: an integer or a real, each in a word of its own, so that writers of
/// both kinds can never be read as a mixture.
struct GaugeCell: ~Copyable {
    private let integer = Atomic<Int64>(0)
    private let real = Atomic<UInt64>(0)
    /// 0: not set, 1: the integer is newer, 2: the real is.
    private let newest = Atomic<UInt8>(0)

    init() {}

    @inline(__always)
    func set(_ value: Int64) {
        // Stored without a look: a store need not wait for a line that another core holds, a load must.
        integer.store(value, ordering: .relaxed)
        newest.store(1, ordering: .releasing)
    }

    @inline(__always)
    func set(_ value: Double) {
        real.store(value.bitPattern, ordering: .relaxed)
        newest.store(2, ordering: .releasing)
    }

    /// Gauges for a row; nil where its group has none.
    static func make(_ count: Int, in store: CellStore) -> UnsafeMutablePointer<GaugeCell>? {
        guard count > 0 else { return nil }
        let cells = store.take(owner: Shard.everyone)
            .bindMemory(to: GaugeCell.self, capacity: count)
        for index in 0..<count { (cells + index).initialize(to: GaugeCell()) }
        return cells
    }

    static func free(_ cells: UnsafeMutablePointer<GaugeCell>?, _ count: Int, to store: CellStore) {
        guard let cells else { return }
        cells.deinitialize(count: count)
        store.give(UnsafeMutableRawPointer(cells), owner: Shard.everyone)
    }

    /// The value; nil before the first.
    func load(exponent: Int32) -> MetricValue? {
        switch newest.load(ordering: .acquiring) {
        case 1: .integer(integer.load(ordering: .relaxed), exponent: exponent)
        case 2:
            .real(
                MetricValue.scale(
                    Double(bitPattern: real.load(ordering: .relaxed)), exponent: exponent))
        default: nil
        }
    }
}
