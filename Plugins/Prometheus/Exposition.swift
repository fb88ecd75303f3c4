import CAgentPlugin
import PluginKit

/// What the two formats do not have in common.
protocol ExpositionFormat {
    static var contentType: String { get }

    /// The family's name, without what its samples add.
    static func name(of family: Family) -> UnsafeRawBufferPointer

    /// What a counter's samples add to that name.
    static var counterSuffix: StaticString { get }

    static func writeHeader(of family: Family, to out: inout OutputBuffer)

    /// A bucket's bound or a quantile, as a label's value.
    static func writeBound(_ text: agent_str, to out: inout OutputBuffer)

    /// Whether `_created` exists.
    static var hasCreated: Bool { get }

    /// Whether sums may go down and quantiles lie below zero, as they do after observations below zero.
    static var takesNegatives: Bool { get }

    /// Whether a histogram of this family may have a sum at all.
    static func hasSum(_ family: Family) -> Bool

    static func writeEnd(to out: inout OutputBuffer)
}

/// Renders a snapshot: for each line a copy of label text that stands ready, and a number.
///
/// Nothing is allocated per line; `flush` empties the buffer whenever 32 KiB have come together.
struct Exposition<Format: ExpositionFormat>: ~Copyable {
    private var out = OutputBuffer(capacity: 48 << 10)
    private var pieces = Pieces()
    private let created: Bool
    private let flush: (borrowing OutputBuffer) throws -> Void

    /// - Parameter created: whether to tell when series began, where the format can
    init(created: Bool, flush: @escaping (borrowing OutputBuffer) throws -> Void) {
        self.created = created && Format.hasCreated
        self.flush = flush
    }

    mutating func write(_ snapshot: Snapshot) throws {
        try snapshot.forEachFamily { try write($0, of: snapshot) }
        Format.writeEnd(to: &out)
        try flush(out)
        out.removeAll()
    }

    private mutating func write(_ family: Family, of snapshot: Snapshot) throws {
        guard let kind = family.kind else { return }
        let shape = Shape(family, kind, Format.self, &pieces)
        var isFirst = true
        try snapshot.forEachSeries(of: family) { series in
            if isFirst {
                Format.writeHeader(of: family, to: &out)
                isFirst = false
            }
            switch kind {
            case .counter, .sum, .lastValue, .upDownCounter:
                line(shape.value, series.labels) { $0.append(series.value) }
            case .distribution:
                try writeBuckets(of: series, in: family, shape)
                // A histogram has both or neither.
                if Format.hasSum(family), Self.maySum(series) { writeTotals(of: series, shape) }
            case .summary:
                for (index, quantile) in series.quantiles(of: family).enumerated()
                where Format.takesNegatives || !(quantile < 0) {
                    line(shape.value, series.labels, shape.bounds + index) { $0.append(quantile) }
                }
                if Self.maySum(series) {
                    writeTotals(of: series, shape)
                } else {
                    writeCount(of: series, shape)
                }
            }
            if created, series.startTimeNanoseconds > 0, shape.isCumulative {
                line(shape.created, series.labels) {
                    $0.append(series.startTimeNanoseconds, exponent: -9)
                }
            }
            try flushWhenFull()
        }
    }

    private mutating func writeBuckets(
        of series: borrowing Series, in family: Family, _ shape: Shape
    ) throws {
        var total: UInt64 = 0
        for (index, count) in series.buckets(of: family).enumerated() {
            total &+= count
            line(shape.value, series.labels, shape.bounds + index) { $0.append(total) }
            try flushWhenFull()
        }
    }

    /// Whether the sum of this series is one that only grows, where the format insists on that.
    private static func maySum(_ series: borrowing Series) -> Bool {
        Format.takesNegatives || series.negativeCount == 0
    }

    private mutating func writeTotals(of series: borrowing Series, _ shape: Shape) {
        line(shape.sum, series.labels) { $0.append(series.sum) }
        writeCount(of: series, shape)
    }

    private mutating func writeCount(of series: borrowing Series, _ shape: Shape) {
        line(shape.count, series.labels) { $0.append(series.count) }
    }

    /// One sample: `name`, labels with one more from `last` where given, and what `number` writes.
    @inline(__always)
    private mutating func line(
        _ name: Int, _ labels: TextView, _ last: Int? = nil,
        _ number: (inout OutputBuffer) -> Void
    ) {
        out.append(pieces[name])
        if let last {
            out.append(UInt8(ascii: "{"))
            if !labels.isEmpty {
                out.append(labels)
                out.append(UInt8(ascii: ","))
            }
            out.append(pieces[last])
        } else if !labels.isEmpty {
            out.append(UInt8(ascii: "{"))
            out.append(labels)
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: " "))
        number(&out)
        out.append(UInt8(ascii: "\n"))
    }

    private mutating func flushWhenFull() throws {
        guard out.count >= 32 << 10 else { return }
        try flush(out)
        out.removeAll()
    }
}
