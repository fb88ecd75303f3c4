import CAgentPlugin

/// A snapshot whose values a test changes between exports, behind the table a host would offer.
final class FakeSnapshot {
    struct Family {
        var kind: UInt32
        var name: String
        var unit = ""
        var labelNames: [String] = []
        var bounds: [String] = []
        var quantiles: [String] = []
        var series: [Series] = []
    }

    struct Series {
        var id: UInt64
        var labels = ""
        var value = agent_value()
        var sum = agent_value()
        var count: UInt64 = 0
        var buckets: [UInt64] = []
        var quantiles: [Double] = []
        var start: Int64 = 1
    }

    var families: [Family] {
        didSet { build() }
    }
    var time: Int64 = 1_700_000_000_500_000_000
    private var raw: [agent_family] = []
    private var series: [[agent_series]] = []
    private var blocks: [UnsafeMutableRawPointer] = []

    init(_ families: [Family] = []) {
        self.families = families
        build()
    }

    deinit { free() }

    var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    private func free() {
        for block in blocks { block.deallocate() }
        blocks = []
    }

    private func build() {
        free()
        raw = families.map { family in
            var raw = agent_family()
            raw.size = UInt32(MemoryLayout<agent_family>.size)
            raw.kind = family.kind
            raw.name = text(family.name)
            raw.unit = text(family.unit)
            raw.label_names = array(family.labelNames.map(text))
            raw.label_count = UInt32(family.labelNames.count)
            raw.bounds_text = array(family.bounds.map(text))
            raw.bounds_count = UInt32(family.bounds.count)
            raw.quantiles_text = array(family.quantiles.map(text))
            raw.quantiles_count = UInt32(family.quantiles.count)
            return raw
        }
        series = families.map { family in
            family.series.map { series in
                agent_series(
                    labels: text(series.labels), value: series.value, sum: series.sum,
                    count: series.count, buckets: array(series.buckets),
                    quantiles: array(series.quantiles), start_time_ns: series.start, id: series.id)
            }
        }
    }

    private func text(_ string: String) -> agent_str {
        agent_str(
            data: array(string.utf8.map { CChar(bitPattern: $0) }), size: UInt64(string.utf8.count))
    }

    private func array<Element>(_ elements: [Element]) -> UnsafePointer<Element>? {
        guard !elements.isEmpty else { return nil }
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
        copy.initialize(from: elements, count: elements.count)
        blocks.append(UnsafeMutableRawPointer(copy))
        return UnsafePointer(copy)
    }

    /// The families as a stream's samples point to them.
    func withFamily<Result>(
        _ index: Int, _ body: (UnsafePointer<agent_family>) throws -> Result
    ) rethrows -> Result {
        try withUnsafePointer(to: raw[index], body)
    }

    private static func at(_ pointer: OpaquePointer?) -> FakeSnapshot? {
        pointer.map { Unmanaged.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
    }

    // Constant and without end, as a host's tables are.
    nonisolated(unsafe) static let table: UnsafePointer<agent_host_snapshot_v1> = {
        let table = UnsafeMutablePointer<agent_host_snapshot_v1>.allocate(capacity: 1)
        table.initialize(
            to: agent_host_snapshot_v1(
                size: UInt32(MemoryLayout<agent_host_snapshot_v1>.size), reserved: 0,
                acquire: { _, _ in AGENT_UNSUPPORTED },
                release: { _, _ in },
                time_ns: { FakeSnapshot.at($0)?.time ?? 0 },
                family_count: { UInt32(FakeSnapshot.at($0)?.raw.count ?? 0) },
                family: { snapshot, index, out in
                    guard let fake = FakeSnapshot.at(snapshot), index < fake.raw.count else {
                        return AGENT_END
                    }
                    out?.pointee = fake.raw[Int(index)]
                    return AGENT_OK
                },
                series: { snapshot, family, cursor, out, capacity, count in
                    guard let fake = FakeSnapshot.at(snapshot), let cursor, let count, let out
                    else { return AGENT_INVALID }
                    let all = fake.series[Int(family)]
                    let batch = all[Int(cursor.pointee)...].prefix(min(Int(capacity), 100))
                    for (index, series) in batch.enumerated() { out[index] = series }
                    count.pointee = UInt32(batch.count)
                    cursor.pointee += UInt64(batch.count)
                    return batch.isEmpty ? AGENT_END : AGENT_OK
                },
                labels: { _, _, _, _, _, _ in AGENT_NOT_FOUND }))
        return UnsafePointer(table)
    }()
}

extension FakeSnapshot.Family {
    static func counter(_ name: String, _ series: [FakeSnapshot.Series]) -> Self {
        .init(kind: AGENT_METRIC_COUNTER, name: name, labelNames: ["site"], series: series)
    }

    static func gauge(_ name: String, _ value: agent_value, unit: String = "") -> Self {
        .init(
            kind: AGENT_METRIC_LAST_VALUE, name: name, unit: unit,
            series: [.init(id: 1, value: value, start: 0)])
    }
}

func exact(_ number: Int64, _ exponent: Int32) -> agent_value {
    var value = agent_i64(number)
    value.exponent10 = exponent
    return value
}
