import CAgentPlugin
import PluginKit

/// Writes the lines of one metric after the other into packets. Nothing is allocated per line.
struct LineWriter: ~Copyable {
    var packets: Packets
    private(set) var notFinite = 0
    /// Series that cannot be sent as configured.
    var unsendable = 0
    private let format: StatsDFormat
    /// The metric's name, with its prefix.
    private var head = OutputBuffer(capacity: 256)
    private var tail = OutputBuffer(capacity: 256)
    private var seconds: Int64?

    init(
        _ wire: Wire, _ settings: StatsDSettings, _ format: StatsDFormat, before deadline: Deadline
    ) {
        packets = Packets(wire, settings, before: deadline)
        self.format = format
    }

    /// The lines that follow are of this metric.
    mutating func begin(_ name: TextView) {
        head.removeAll()
        format.writeName(name, to: &head)
    }

    /// The lines that follow are of this time; `nil`: they do not tell.
    mutating func setTime(nanoseconds: Int64?) {
        seconds = nanoseconds.map { $0 / 1_000_000_000 }
    }

    /// What comes before the value.
    @inline(__always)
    mutating func open(_ labels: TextView, _ suffix: StaticString = "", _ extra: ExtraLabel? = nil)
    {
        packets.line.append(head.bytes)
        format.writeSegments(labels, to: &packets.line)
        packets.line.append(suffix)
        if let extra { format.writeSegment(of: extra, to: &packets.line) }
        packets.line.append(UInt8(ascii: ":"))
    }

    /// What comes behind it.
    @inline(__always)
    mutating func close(
        _ type: LineType, _ labels: TextView, _ extra: ExtraLabel? = nil, rate: Double = 1
    ) {
        packets.line.append(type.text)
        format.writeRate(rate, to: &packets.line)
        let hasTime = type == .counter || type == .gauge
        format.writeEnd(labels, extra, seconds: hasTime ? seconds : nil, to: &packets.line)
        packets.line.append(UInt8(ascii: "\n"))
    }

    /// How many bytes `close` would write.
    mutating func tailLength(_ type: LineType, _ labels: TextView, rate: Double) -> Int {
        tail.removeAll()
        format.writeRate(rate, to: &tail)
        format.writeEnd(labels, nil, seconds: nil, to: &tail)
        return tail.count + type.text.utf8CodeUnitCount
    }

    /// A line with a number added, and the packet it travels in; `nil`: it does not travel.
    @inline(__always)
    mutating func count(
        _ delta: agent_value, _ labels: TextView, _ suffix: StaticString = "",
        _ extra: ExtraLabel? = nil, samples: Int = 1
    ) throws -> UInt32? {
        guard isFinite(delta) else { return nil }
        open(labels, suffix, extra)
        packets.line.append(delta)
        close(.counter, labels, extra)
        return try packets.commit(samples: samples)
    }

    /// A line with a number as it is. A sign would make it relative, so a negative one comes behind a 0, in the same
    /// packet; with a timestamp numbers are never relative.
    mutating func gauge(
        _ value: agent_value, _ labels: TextView, _ suffix: StaticString = "",
        _ extra: ExtraLabel? = nil, samples: Int = 1
    ) throws {
        guard isFinite(value) else { return }
        let isNegative = value.isNegative
        if isNegative, seconds == nil {
            open(labels, suffix, extra)
            packets.line.append(UInt8(ascii: "0"))
            close(.gauge, labels, extra)
        }
        open(labels, suffix, extra)
        // −0 is no negative number, and its sign is one too many.
        if value.isZero {
            packets.line.append(UInt8(ascii: "0"))
        } else {
            packets.line.append(value)
        }
        close(.gauge, labels, extra)
        _ = try packets.commit(lines: isNegative && seconds == nil ? 2 : 1, samples: samples)
    }

    /// Counts what is no number.
    @inline(__always)
    mutating func isFinite(_ value: agent_value) -> Bool {
        guard !value.isFinite else { return true }
        notFinite += 1
        return false
    }
}

extension agent_value {
    var isFinite: Bool {
        type == UInt32(AGENT_VALUE_I64) || (type == UInt32(AGENT_VALUE_F64) && self.as.f64.isFinite)
    }

    var isZero: Bool { type == UInt32(AGENT_VALUE_I64) ? self.as.i64 == 0 : self.as.f64 == 0 }

    var isNegative: Bool { type == UInt32(AGENT_VALUE_I64) ? self.as.i64 < 0 : self.as.f64 < 0 }

    /// The sum: exact while both are integers of one scale and it fits.
    static func + (one: agent_value, other: agent_value) -> agent_value {
        let integer = UInt32(AGENT_VALUE_I64)
        if one.type == integer, other.type == integer {
            if one.as.i64 == 0 { return other }
            if other.as.i64 == 0 { return one }
            let (sum, overflow) = one.as.i64.addingReportingOverflow(other.as.i64)
            if one.exponent10 == other.exponent10, !overflow {
                var result = agent_i64(sum)
                result.exponent10 = one.exponent10
                return result
            }
        }
        return agent_f64(agent_value_f64(one) + agent_value_f64(other))
    }
}
