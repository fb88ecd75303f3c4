import CAgentPlugin
import PluginKit

/// What has been sent of each cumulative number, so that only what was added since is sent next.
///
/// A number is what it is with three keys: the series' id, the metric and part of it, and when the series began; one
/// that began anew counts from zero. About 60 bytes each; finding one that comes in the order of last time takes one
/// comparison.
struct DeltaTable: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var id: UInt64
        var key: UInt64
        var start: Int64
        /// An integer × 10^exponent, or a double's bits.
        var sent: Int64 = 0
        /// The same before the last change.
        var before: Int64 = 0
        /// In which export it was seen last, and the packet it travelled in.
        var export: UInt32
        var packet: UInt32 = .max
        var exponent: Int32 = 0
        var isReal = false
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var capacity = 0
    /// Numbers known.
    private(set) var count = 0
    /// Slot numbers by hash, `UInt32.max` where there is none; a power of two.
    private var index: [UInt32] = []
    /// Where the next number is expected.
    private var expected = 0
    private var export: UInt32 = 0
    private var seen = 0

    init() {
        slots = .allocate(capacity: 0)
    }

    deinit { slots.deallocate() }

    /// A new export begins.
    mutating func begin() {
        export &+= 1
        expected = 0
        seen = 0
    }

    /// The export has gone through all series: forgets what was not seen in it.
    mutating func finish() {
        guard seen < count else { return }
        var kept = 0
        for number in 0..<count where slots[number].export == export {
            slots[kept] = slots[number]
            kept += 1
        }
        count = kept
        rebuildIndex()
    }

    /// The packets of this export from `packet` on did not arrive: what was in them is sent again.
    mutating func rollBack(from packet: UInt32) {
        for number in 0..<count {
            guard slots[number].export == export, slots[number].packet != .max,
                slots[number].packet >= packet
            else { continue }
            slots[number].sent = slots[number].before
            slots[number].packet = .max
        }
    }

    // MARK: One number

    /// Finds or makes the place of a number.
    mutating func find(_ id: UInt64, _ key: UInt64, start: Int64) -> Int {
        let number = locate(id, key)
        if slots[number].start != start {
            slots[number] = Slot(id: id, key: key, start: start, export: export &- 1)
        }
        if slots[number].export != export {
            slots[number].export = export
            slots[number].packet = .max
            seen += 1
        }
        expected = number + 1
        return number
    }

    /// What `value` is beyond what was sent.
    ///
    /// - Parameter isMonotonic: a value below what was sent is one that began anew
    mutating func delta(_ number: Int, _ value: agent_value, isMonotonic: Bool) -> agent_value {
        adopt(number, value)
        if !slots[number].isReal {
            if isMonotonic, value.as.i64 < slots[number].sent { slots[number].sent = 0 }
            var delta = value
            let (difference, overflow) = value.as.i64.subtractingReportingOverflow(
                slots[number].sent)
            delta.as.i64 = difference
            guard overflow else { return delta }
            makeReal(number)
        }
        let total = agent_value_f64(value)
        let sent = Double(bitPattern: UInt64(bitPattern: slots[number].sent))
        guard isMonotonic, total < sent else { return agent_f64(total - sent) }
        // What was sent is a sum of doubles, and may be a rounding above what there is.
        guard total < sent - sent.magnitude * 1e-9 else { return agent_f64(0) }
        slots[number].sent = 0
        return agent_f64(total)
    }

    /// `delta` of a number travels in a packet.
    mutating func sent(_ number: Int, _ delta: agent_value, in packet: UInt32) {
        slots[number].before = slots[number].sent
        slots[number].packet = packet
        if slots[number].isReal {
            // What the receiver has by now, its rounding included; the next delta makes up for that.
            let sent = Double(bitPattern: UInt64(bitPattern: slots[number].sent))
            slots[number].sent = Int64(bitPattern: (sent + agent_value_f64(delta)).bitPattern)
        } else {
            slots[number].sent &+= delta.as.i64
        }
    }

    /// Takes a number as sent already.
    mutating func skip(_ number: Int, _ value: agent_value) {
        adopt(number, value)
        slots[number].sent =
            slots[number].isReal
            ? Int64(bitPattern: agent_value_f64(value).bitPattern) : value.as.i64
    }

    /// Keeps the number in the form of its value: exact while that is an integer of one scale.
    private mutating func adopt(_ number: Int, _ value: agent_value) {
        guard !slots[number].isReal else { return }
        let isInteger = value.type == UInt32(AGENT_VALUE_I64)
        if isInteger, slots[number].exponent == value.exponent10 { return }
        if isInteger, slots[number].sent == 0 {
            slots[number].exponent = value.exponent10
            return
        }
        makeReal(number)
    }

    private mutating func makeReal(_ number: Int) {
        var sent = agent_i64(slots[number].sent)
        sent.exponent10 = slots[number].exponent
        slots[number].isReal = true
        slots[number].sent = Int64(bitPattern: agent_value_f64(sent).bitPattern)
    }

    // MARK: Places

    private mutating func locate(_ id: UInt64, _ key: UInt64) -> Int {
        if expected < count, slots[expected].id == id, slots[expected].key == key {
            return expected
        }
        if (count + 1) * 4 > index.count * 3 { rebuildIndex() }
        let mask = index.count - 1
        var place = Self.hash(id, key) & mask
        while index[place] != .max {
            let number = Int(index[place])
            if slots[number].id == id, slots[number].key == key { return number }
            place = (place + 1) & mask
        }
        if count == capacity { grow() }
        index[place] = UInt32(truncatingIfNeeded: count)
        (slots + count).initialize(to: Slot(id: id, key: key, start: 0, export: export &- 1))
        count += 1
        return count - 1
    }

    private mutating func grow() {
        capacity = max(64, capacity + capacity / 2)
        let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
        larger.moveInitialize(from: slots, count: count)
        slots.deallocate()
        slots = larger
    }

    private mutating func rebuildIndex() {
        var size = 64
        while size * 3 < (count + 1) * 5 { size *= 2 }
        if size != index.count {
            index = [UInt32](repeating: .max, count: size)
        } else {
            for place in index.indices { index[place] = .max }
        }
        for number in 0..<count {
            var place = Self.hash(slots[number].id, slots[number].key) & (size - 1)
            while index[place] != .max { place = (place + 1) & (size - 1) }
            index[place] = UInt32(truncatingIfNeeded: number)
        }
    }

    private static func hash(_ id: UInt64, _ key: UInt64) -> Int {
        var hash = (id ^ key &* 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
        hash ^= hash >> 31
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
    }
}
