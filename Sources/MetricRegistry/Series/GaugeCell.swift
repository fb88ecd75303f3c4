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
        integer.store(value, ordering: .relaxed)
        if newest.load(ordering: .relaxed) != 1 { newest.store(1, ordering: .releasing) }
    }

    @inline(__always)
    func set(_ value: Double) {
        real.store(value.bitPattern, ordering: .relaxed)
        if newest.load(ordering: .relaxed) != 2 { newest.store(2, ordering: .releasing) }
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
