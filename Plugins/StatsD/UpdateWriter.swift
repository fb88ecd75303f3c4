import CAgentPlugin
import PluginKit

/// Writes single updates as lines. Those of one series in a batch go together: counters are added up, of a gauge the
/// last value counts, single values share a line where the protocol can.
struct UpdateWriter: ~Copyable {
    var lines: LineWriter
    private let settings: StatsDSettings
    private var type: LineType?
    /// What a value is multiplied by for "ms": 10 to the power of this.
    private var millisecondExponent: Int32 = 0

    init(_ lines: consuming LineWriter, _ settings: StatsDSettings) {
        self.lines = lines
        self.settings = settings
    }

    mutating func write(_ samples: UnsafeBufferPointer<agent_sample>) throws {
        // By metric and series, and in their order within one.
        let order = samples.indices.sorted { one, other in
            let (a, b) = (samples[one], samples[other])
            if a.family != b.family { return Self.address(a) < Self.address(b) }
            return a.series_id == b.series_id ? one < other : a.series_id < b.series_id
        }
        var start = 0
        var family: UnsafePointer<agent_family>?
        while start < order.count {
            let first = samples[order[start]]
            var end = start + 1
            while end < order.count, samples[order[end]].series_id == first.series_id,
                samples[order[end]].family == first.family
            { end += 1 }
            if first.family != family, let raw = first.family {
                begin(raw)
                family = raw
            }
            if first.family != nil { try write(samples, order[start..<end]) }
            start = end
        }
    }

    private static func address(_ sample: agent_sample) -> UInt { UInt(bitPattern: sample.family) }

    /// A type for the metric whose samples follow; `nil`: they are not sent one by one.
    private mutating func begin(_ family: UnsafePointer<agent_family>) {
        lines.begin(TextView(family.pointee.name))
        let kind = Family.Kind(rawValue: family.pointee.kind)
        let mapped = settings.types.type(of: TextView(family.pointee.name).bytes)
        type = mapped ?? Self.standard(kind, settings.dialect)
        if type == .gauge, kind != .lastValue { type = nil }
        // Counting a gauge's values, or a distribution's, says nothing.
        let isAdded = kind == .counter || kind == .sum || kind == .upDownCounter
        if type == .counter, !isAdded { type = nil }
        millisecondExponent = Self.exponent(TextView(family.pointee.unit))
    }

    private static func standard(_ kind: Family.Kind?, _ dialect: Dialect) -> LineType? {
        switch kind {
        case .counter, .sum: .counter
        case .lastValue, .upDownCounter: .gauge
        case .distribution: dialect.hasTags ? .distribution : .timer
        case .summary: dialect.hasTags ? .histogram : .timer
        case nil: nil
        }
    }

    /// From a unit of time to milliseconds; what is no time stays as it is.
    private static func exponent(_ unit: TextView) -> Int32 {
        if unit == "seconds" { return 3 }
        if unit == "microseconds" { return -3 }
        return unit == "nanoseconds" ? -6 : 0
    }

    // MARK: One series

    private mutating func write(
        _ samples: UnsafeBufferPointer<agent_sample>, _ order: ArraySlice<Int>
    ) throws {
        guard let last = order.last else { return }
        let labels = TextView(samples[last].labels)
        lines.setTime(nanoseconds: settings.timestamps ? samples[last].time_ns : nil)
        switch type {
        case nil: break
        case .counter:
            var sum = agent_i64(0)
            for index in order where lines.isFinite(samples[index].value) {
                sum = sum + samples[index].value
            }
            if !sum.isZero { _ = try lines.count(sum, labels, samples: order.count) }
        case .gauge:
            try lines.gauge(samples[last].value, labels, samples: order.count)
        case .some(let type):
            try writeValues(samples, order, type, labels)
        }
    }

    private mutating func writeValues(
        _ samples: UnsafeBufferPointer<agent_sample>, _ order: ArraySlice<Int>, _ type: LineType,
        _ labels: TextView
    ) throws {
        let rate = type.isSampled ? settings.sampleRate : 1
        let packs = settings.dialect.packsValues && type != .set
        var count = 0
        var room = 0
        for index in order {
            let value = value(samples[index].value, type)
            guard lines.isFinite(value) else { continue }
            guard rate == 1 || Double.random(in: 0..<1) < rate else { continue }
            // What comes behind the values is as long as in the first line.
            if count > 0, !packs || lines.packets.line.count + 40 > room {
                lines.close(type, labels, rate: rate)
                _ = try lines.packets.commit(samples: count)
                count = 0
            }
            if count == 0 {
                lines.open(labels)
                room = settings.packetLimit - lines.tailLength(type, labels, rate: rate)
            } else {
                lines.packets.line.append(UInt8(ascii: ":"))
            }
            lines.packets.line.append(value)
            count += 1
        }
        guard count > 0 else { return }
        lines.close(type, labels, rate: rate)
        _ = try lines.packets.commit(samples: count)
    }

    private func value(_ value: agent_value, _ type: LineType) -> agent_value {
        guard type == .timer, millisecondExponent != 0 else { return value }
        var value = value
        if value.type == UInt32(AGENT_VALUE_I64) {
            value.exponent10 &+= millisecondExponent
        } else {
            value.as.f64 *= millisecondExponent == 3 ? 1e3 : millisecondExponent == -3 ? 1e-3 : 1e-6
        }
        return value
    }
}
