import CAgentPlugin
import PluginKit

/// Writes a snapshot as lines: what was added to cumulative numbers since the last time, gauges as they are.
struct SnapshotWriter: ~Copyable {
    var lines: LineWriter
    private(set) var series = 0
    private let settings: StatsDSettings
    private let addsUp: Bool
    private var treatment = Treatment.nothing
    /// Identifies the metric in the table.
    private var key: UInt64 = 0
    /// What series without labels of their own add up to.
    private var totals = Totals()

    /// What is done with a metric's series.
    private enum Treatment {
        case deltas
        case gauges
        case unsendable
        case nothing
    }

    private struct Totals {
        var value = agent_i64(0)
        var sum = agent_i64(0)
        var count: UInt64 = 0
        var isUsed = false
    }

    /// Parts of a series, which the table knows apart.
    private enum Part {
        static let value: UInt64 = 0
        static let count: UInt64 = 1
        static let sum: UInt64 = 2
        static let firstBucket: UInt64 = 3
    }

    init(_ lines: consuming LineWriter, _ settings: StatsDSettings) {
        self.lines = lines
        self.settings = settings
        addsUp = settings.labelStyle == .drop
    }

    mutating func write(_ snapshot: Snapshot, _ table: inout DeltaTable) throws {
        lines.setTime(nanoseconds: settings.timestamps ? snapshot.timeNanoseconds : nil)
        try snapshot.forEachFamily { family in
            guard let kind = family.kind else { return }
            treatment = treatment(of: family, kind)
            guard treatment != .nothing else { return }
            begin(family)
            let isSummed = addsUp && treatment == .gauges && family.raw.label_count > 0
            try snapshot.forEachSeries(of: family) { series in
                self.series += 1
                if treatment == .unsendable {
                    lines.unsendable += 1
                } else if isSummed {
                    add(series, kind)
                } else if kind == .distribution || kind == .summary {
                    try writeCompound(series, family, kind, &table)
                } else {
                    try writeNumber(series, kind, &table)
                }
            }
            if totals.isUsed { try writeTotals(kind) }
        }
    }

    /// Takes everything as sent already.
    static func skip(_ snapshot: Snapshot, _ table: inout DeltaTable) throws {
        try snapshot.forEachFamily { family in
            let key = key(of: family)
            try snapshot.forEachSeries(of: family) { series in
                let (id, start) = (series.id, series.startTimeNanoseconds)
                func skip(_ part: UInt64, _ value: agent_value) {
                    let number = table.find(id, key &+ part, start: start)
                    table.skip(number, value)
                }
                guard family.kind == .distribution || family.kind == .summary else {
                    return skip(Part.value, series.value)
                }
                skip(Part.count, agent_i64(Int64(clamping: series.count)))
                skip(Part.sum, series.sum)
                var total: UInt64 = 0
                for (number, count) in series.buckets(of: family).enumerated() {
                    total &+= count
                    skip(Part.firstBucket + UInt64(number), agent_i64(Int64(clamping: total)))
                }
            }
        }
    }

    // MARK: A metric

    private mutating func begin(_ family: Family) {
        lines.begin(family.name)
        key = Self.key(of: family)
        totals = Totals()
    }

    /// A hash of the name, with room for the parts.
    private static func key(of family: Family) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in family.name.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash << 12
    }

    private func treatment(of family: Family, _ kind: Family.Kind) -> Treatment {
        let type = settings.types.type(of: family.name.bytes)
        if settings.send == .updates {
            // All else goes out as it happens.
            guard kind != .lastValue else { return .nothing }
            return type == .gauge || (type == nil && kind == .upDownCounter) ? .gauges : .nothing
        }
        switch (kind, type) {
        case (.lastValue, .counter): return .unsendable
        case (.lastValue, _):
            return addsUp && family.raw.label_count > 0 ? .unsendable : .gauges
        case (.upDownCounter, .counter): return .deltas
        case (.upDownCounter, _), (_, .gauge): return .gauges
        default: return .deltas
        }
    }

    // MARK: A series

    private mutating func writeNumber(
        _ series: borrowing Series, _ kind: Family.Kind, _ table: inout DeltaTable
    ) throws {
        guard treatment == .deltas else { return try lines.gauge(series.value, series.labels) }
        try writeDelta(
            of: series.value, Part.value, series, "", &table, isMonotonic: kind != .upDownCounter)
    }

    private mutating func writeCompound(
        _ series: borrowing Series, _ family: Family, _ kind: Family.Kind,
        _ table: inout DeltaTable
    ) throws {
        let count = agent_i64(Int64(clamping: series.count))
        if treatment == .gauges {
            try lines.gauge(count, series.labels, ".count")
            try lines.gauge(series.sum, series.labels, ".sum")
        } else {
            try writeDelta(of: count, Part.count, series, ".count", &table, isMonotonic: true)
            // Values below zero may have been observed.
            try writeDelta(of: series.sum, Part.sum, series, ".sum", &table, isMonotonic: false)
            if settings.buckets { try writeBuckets(series, family, &table) }
        }
        guard kind == .summary, settings.quantiles, series.count > 0 else { return }
        guard !addsUp || family.raw.label_count == 0 else { return }
        for (number, value) in series.quantiles(of: family).enumerated() {
            let extra = ExtraLabel(
                name: "quantile", value: TextView(family.quantiles[number]).bytes)
            try lines.gauge(agent_f64(value), series.labels, ".quantile", extra)
        }
    }

    /// Each bucket counts what is at most its bound, as `le` says.
    private mutating func writeBuckets(
        _ series: borrowing Series, _ family: Family, _ table: inout DeltaTable
    ) throws {
        let infinite: StaticString = "inf"
        var total: UInt64 = 0
        for (number, count) in series.buckets(of: family).enumerated() {
            total &+= count
            let bound =
                number < family.bounds.count
                ? TextView(family.bounds[number]).bytes
                : UnsafeRawBufferPointer(start: infinite.utf8Start, count: 3)
            try writeDelta(
                of: agent_i64(Int64(clamping: total)), Part.firstBucket + UInt64(number), series,
                ".bucket", &table, isMonotonic: true, ExtraLabel(name: "le", value: bound))
        }
    }

    @inline(__always)
    private mutating func writeDelta(
        of value: agent_value, _ part: UInt64, _ series: borrowing Series, _ suffix: StaticString,
        _ table: inout DeltaTable, isMonotonic: Bool, _ extra: ExtraLabel? = nil
    ) throws {
        guard lines.isFinite(value) else { return }
        let number = table.find(series.id, key &+ part, start: series.startTimeNanoseconds)
        let delta = table.delta(number, value, isMonotonic: isMonotonic)
        guard !delta.isZero else { return }
        let packet = try lines.count(delta, series.labels, suffix, extra)
        if let packet { table.sent(number, delta, in: packet) }
    }

    // MARK: Series added up

    private mutating func add(_ series: borrowing Series, _ kind: Family.Kind) {
        totals.isUsed = true
        guard kind == .distribution || kind == .summary else {
            totals.value = totals.value + series.value
            return
        }
        totals.count &+= series.count
        totals.sum = totals.sum + series.sum
    }

    private mutating func writeTotals(_ kind: Family.Kind) throws {
        let none = TextView(agent_str())
        guard kind == .distribution || kind == .summary else {
            return try lines.gauge(totals.value, none)
        }
        try lines.gauge(agent_i64(Int64(clamping: totals.count)), none, ".count")
        try lines.gauge(totals.sum, none, ".sum")
    }
}
