import Glibc
import Synchronization
import Telemetry

/// Counts by magnitude: 64 buckets per power of two, so that a quantile is off by less than 0.8 %.
///
/// Sketches are merged by adding counts. Both signs and zero are kept, in one order. Magnitudes reach from 2^−128 to
/// 2^128, about 3·10^−39 to 3·10^38.
enum SketchScale {
    static let perOctave = 64
    static let lowestExponent = -128
    static let octaves = 256
    /// Indices reach from −limit to limit; 0 is zero.
    static let limit = octaves * perOctave

    /// Whether a value is one that the scale tells apart from zero and from larger ones.
    static func holds(_ value: Double) -> Bool {
        value == 0 || (value.magnitude >= 0x1p-128 && value.magnitude < 0x1p128)
    }

    /// The index of a value that the scale holds.
    static func index(_ value: Double) -> Int {
        let magnitude = value.magnitude
        guard magnitude >= 0x1p-128 else { return 0 }
        let bits = min(magnitude, 0x1.fffffffffffffp127).bitPattern
        let exponent = Int(bits >> 52) - 1023
        let fraction = Int(bits >> 46) & (perOctave - 1)
        let index = (exponent - lowestExponent) * perOctave + fraction + 1
        return value < 0 ? -index : index
    }

    /// The middle of the values that share an index.
    static func value(_ index: Int) -> Double {
        guard index != 0 else { return 0 }
        let position = abs(index) - 1
        let octave = Double(
            sign: .plus, exponent: position / perOctave + lowestExponent, significand: 1)
        let middle = octave * (1 + (Double(position % perOctave) + 0.5) / Double(perOctave))
        return index < 0 ? -middle : middle
    }
}

/// The counts of one sketch for a window of indices.
struct SketchWindow: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<SketchWindow>

    let lowest: Int
    let count: Int
    let counts: UnsafeMutablePointer<Atomic<UInt64>>

    init(lowest: Int, count: Int) {
        self.lowest = lowest
        self.count = count
        counts = .allocate(capacity: count)
        for index in 0..<count { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit { counts.deallocate() }
}

/// Two cells: the count of zeros, which lie far from all other values, and the address of the window, which is
/// replaced by a larger one when a value falls outside.
struct SketchCell {
    private let cell: Shard.Cell
    /// Growing a window that several threads add to takes turns; adding does not.
    private static let growing = Guarded(())

    init(_ cell: Shard.Cell) { self.cell = cell }

    var window: SketchWindow.Pointer? {
        SketchWindow.Pointer(bitPattern: UInt(cell[1].load(ordering: .acquiring)))
    }

    var zeros: UInt64 { cell.pointee.load(ordering: .relaxed) }

    func add(_ value: MeasurementCell, isShared: Bool) {
        let index = SketchScale.index(value.doubleValue)
        if isShared {
            Self.growing.withLock { _ in bump(index) }
        } else {
            bump(index)
        }
    }

    private func bump(_ index: Int) {
        guard index != 0 else { return cell.count() }
        let window = covering(index)
        (window.pointee.counts + (index - window.pointee.lowest)).count()
    }

    private func covering(_ index: Int) -> SketchWindow.Pointer {
        let old = window
        if let old, index >= old.pointee.lowest, index < old.pointee.lowest + old.pointee.count {
            return old
        }
        let margin = 16
        let low = min(old?.pointee.lowest ?? index, index - margin)
        let high = max(old.map { $0.pointee.lowest + $0.pointee.count } ?? index, index + margin)
        let new = SketchWindow.Pointer.allocate(capacity: 1)
        new.initialize(to: SketchWindow(lowest: low, count: high - low + 1))
        if let old {
            for position in 0..<old.pointee.count {
                let count = old.pointee.counts[position].load(ordering: .relaxed)
                new.pointee.counts[old.pointee.lowest + position - low].store(
                    count, ordering: .relaxed)
            }
            let address = UInt(bitPattern: old)
            ReadSection.retire {
                let old = SketchWindow.Pointer(bitPattern: address)
                old?.deinitialize(count: 1)
                old?.deallocate()
            }
        }
        cell[1].store(UInt64(UInt(bitPattern: new)), ordering: .releasing)
        return new
    }

    /// Frees the window. Nobody uses the sketch any more.
    func free() {
        guard let window else { return }
        window.deinitialize(count: 1)
        window.deallocate()
        cell[1].store(0, ordering: .relaxed)
    }
}

/// Several sketches read together.
struct MergedSketch {
    private var counts: [Int: UInt64] = [:]
    private(set) var total: UInt64 = 0

    /// Adds what a sketch holds. Inside a read section.
    mutating func add(_ sketch: SketchCell) {
        let zeros = sketch.zeros
        if zeros > 0 { counts[0, default: 0] &+= zeros }
        total &+= zeros
        guard let window = sketch.window else { return }
        for position in 0..<window.pointee.count {
            let count = window.pointee.counts[position].load(ordering: .relaxed)
            if count > 0 {
                counts[window.pointee.lowest + position, default: 0] &+= count
                total &+= count
            }
        }
    }

    /// The values below which the given shares of all values lie; NaN while there are none.
    func values(_ quantiles: [Double]) -> [Double] {
        guard total > 0 else { return quantiles.map { _ in .nan } }
        let indices = counts.keys.sorted()
        return quantiles.map { quantile in
            let rank = UInt64(exactly: (quantile * Double(total - 1)).rounded(.down)) ?? total - 1
            var seen: UInt64 = 0
            for index in indices {
                seen &+= counts[index] ?? 0
                if seen > rank { return SketchScale.value(index) }
            }
            return SketchScale.value(indices.last ?? 0)
        }
    }
}
