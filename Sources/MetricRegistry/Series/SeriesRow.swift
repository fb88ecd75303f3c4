import Glibc
import Synchronization
import Telemetry

/// One label set of a group: its key, its rendered labels, and where its values are.
///
/// Read by every thread and, but for the clock of its last use, not written after it is made; values that
/// change lie elsewhere, so that a writer does not take this line from the others.
///
/// Memory: this header, then one UInt16 length per label, the rendered text
/// (`site="chi1",status="ok"`), and, where a value needed escaping, the plain values one behind the other.
struct SeriesRow: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<SeriesRow>

    let hash: UInt32
    /// Length of the rendered text; the top bit says that plain values follow it.
    private let textCountAndFlag: UInt32
    /// Nanoseconds since 1970.
    let created: Int64
    /// The registry's tick at the last update; kept only in groups that expire.
    let lastUse: Atomic<UInt32>
    /// Bindings and instruments that hold this row; it does not expire while there are any. −1: it has expired.
    private let pins: Atomic<Int32>
    let shards: ShardSet
    /// One per last_value metric of the group.
    let gauges: UnsafeMutablePointer<GaugeCell>?

    private static let escapedFlag: UInt32 = 1 << 31

    var textCount: Int { Int(textCountAndFlag & ~Self.escapedFlag) }
    var isEscaped: Bool { textCountAndFlag & Self.escapedFlag != 0 }

    /// Makes a row for these values. `text` is what `LabelText` rendered.
    static func make(
        hash: UInt32, values: UnsafeBufferPointer<MetadataText>, text: [UInt8], isEscaped: Bool,
        created: Int64, tick: UInt32, gauges: UnsafeMutablePointer<GaugeCell>?
    ) -> Pointer {
        let lengths = values.count * 2
        let plain = isEscaped ? values.reduce(0) { $0 + Int($1.count) } : 0
        let header = MemoryLayout<SeriesRow>.stride
        guard let memory = malloc(header + lengths + text.count + plain) else {
            fatalError("out of memory")
        }
        let row = memory.bindMemory(to: SeriesRow.self, capacity: 1)
        row.initialize(
            to: SeriesRow(
                hash: hash,
                textCountAndFlag: UInt32(text.count) | (isEscaped ? escapedFlag : 0),
                created: created, lastUse: Atomic(tick), pins: Atomic(0), shards: ShardSet(),
                gauges: gauges))
        for (index, value) in values.enumerated() {
            memory.storeBytes(
                of: UInt16(value.count), toByteOffset: header + index * 2, as: UInt16.self)
        }
        text.withUnsafeBytes { source in
            if let base = source.baseAddress {
                memcpy(memory + header + lengths, base, source.count)
            }
        }
        if isEscaped {
            var target = memory + header + lengths + text.count
            for value in values {
                if let start = value.start { memcpy(target, start, Int(value.count)) }
                target += Int(value.count)
            }
        }
        return row
    }

    /// Holds the row until `unpin`; false where it has expired and its values are to be looked up again.
    func pin() -> Bool {
        var count = pins.load(ordering: .relaxed)
        while count >= 0 {
            let (exchanged, current) = pins.weakCompareExchange(
                expected: count, desired: count + 1, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            count = current
        }
        return false
    }

    func unpin() { pins.wrappingSubtract(1, ordering: .releasing) }

    /// Whether it has expired by this call: it had no more than these pins, and nobody can hold it any more.
    func expire(pins own: Int32 = 0) -> Bool {
        pins.compareExchange(expected: own, desired: -1, ordering: .acquiringAndReleasing).exchanged
    }

    /// Frees a row whose shards and gauges have gone back to their stores.
    static func free(_ row: Pointer) {
        row.deinitialize(count: 1)
        Glibc.free(row)
    }
}

extension UnsafeMutablePointer where Pointee == SeriesRow {
    @inline(__always)
    private var tail: UnsafeRawPointer {
        UnsafeRawPointer(self).advanced(by: MemoryLayout<SeriesRow>.stride)
    }

    /// The rendered labels, without braces.
    func text(labelCount: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: tail.advanced(by: labelCount * 2), count: pointee.textCount)
    }

    /// Whether this row stands for exactly these values.
    ///
    /// Values are compared inside the rendered text, where they stand as they are unless the row says otherwise;
    /// `gaps` are the lengths of what stands before each value.
    @inline(__always)
    func matches(
        _ values: UnsafePointer<MetadataText>, count: Int, gaps: UnsafePointer<Int32>
    ) -> Bool {
        var lengths = tail.assumingMemoryBound(to: UInt16.self)
        var position = tail.advanced(by: count &* 2)
        let isEscaped = pointee.isEscaped
        if isEscaped { position = position.advanced(by: pointee.textCount) }
        var index = 0
        while index < count {
            let value = values[index]
            guard UInt32(lengths.pointee) == value.count else { return false }
            if !isEscaped { position = position.advanced(by: Int(gaps[index])) }
            let length = Int(value.count)
            if length > 0,
                !ByteEquality.equal(
                    position, UnsafeRawPointer(value.start.unsafelyUnwrapped), length)
            {
                return false
            }
            position = position.advanced(by: length)
            lengths = lengths.advanced(by: 1)
            index &+= 1
        }
        return true
    }

    /// The plain values, in label order.
    func values(count: Int, gaps: UnsafePointer<Int32>) -> [UnsafeRawBufferPointer] {
        var position = tail.advanced(by: count * 2)
        if pointee.isEscaped { position = position.advanced(by: pointee.textCount) }
        return (0..<count).map { index in
            let length = Int(tail.load(fromByteOffset: index * 2, as: UInt16.self))
            if !pointee.isEscaped { position = position.advanced(by: Int(gaps[index])) }
            defer { position = position.advanced(by: length) }
            return UnsafeRawBufferPointer(start: position, count: length)
        }
    }
}
