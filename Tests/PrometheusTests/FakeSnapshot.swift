import CAgentPlugin

/// A snapshot with the series a test wants, behind the table a host would offer.
///
/// It hands out at most three series per call, so that every family of more takes several.
final class FakeSnapshot {
    struct Family {
        var kind: UInt32
        var name: String
        var help = ""
        var unit = ""
        var bounds: [String] = []
        var quantiles: [String] = []
        var series: [Series] = []
    }

    struct Series {
        var labels = ""
        var value = agent_value()
        var sum = agent_value()
        var count: UInt64 = 0
        var buckets: [UInt64] = []
        var quantiles: [Double] = []
        var start: Int64 = 0
    }

    private var families: [agent_family] = []
    private var series: [[agent_series]] = []
    private var blocks: [UnsafeMutableRawPointer] = []
    private let largestBatch: Int

    init(_ families: [Family], largestBatch: Int = 3) {
        self.largestBatch = largestBatch
        for family in families {
            var raw = agent_family()
            raw.size = UInt32(MemoryLayout<agent_family>.size)
            raw.kind = family.kind
            raw.name = text(family.name)
            raw.help = text(family.help)
            raw.unit = text(family.unit)
            raw.bounds_text = array(family.bounds.map(text))
            raw.bounds = array(family.bounds.compactMap(Double.init))
            raw.bounds_count = UInt32(family.bounds.count)
            raw.quantiles_text = array(family.quantiles.map(text))
            raw.quantiles = array(family.quantiles.compactMap(Double.init))
            raw.quantiles_count = UInt32(family.quantiles.count)
            self.families.append(raw)
            series.append(family.series.map(inPlace))
        }
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    private func inPlace(_ series: Series) -> agent_series {
        agent_series(
            labels: text(series.labels), value: series.value, sum: series.sum, count: series.count,
            buckets: array(series.buckets), quantiles: array(series.quantiles),
            start_time_ns: series.start, id: 0)
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
                time_ns: { _ in 0 },
                family_count: { UInt32(FakeSnapshot.at($0)?.families.count ?? 0) },
                family: { snapshot, index, out in
                    guard let fake = FakeSnapshot.at(snapshot), index < fake.families.count else {
                        return AGENT_END
                    }
                    out?.pointee = fake.families[Int(index)]
                    return AGENT_OK
                },
                series: { snapshot, family, cursor, out, capacity, count in
                    guard let fake = FakeSnapshot.at(snapshot), let cursor, let count, let out
                    else { return AGENT_INVALID }
                    let all = fake.series[Int(family)]
                    let start = Int(cursor.pointee)
                    let batch = all[start...].prefix(min(Int(capacity), fake.largestBatch))
                    for (index, series) in batch.enumerated() { out[index] = series }
                    count.pointee = UInt32(batch.count)
                    cursor.pointee += UInt64(batch.count)
                    return batch.isEmpty ? AGENT_END : AGENT_OK
                },
                labels: { _, _, _, _, _, _ in AGENT_NOT_FOUND }))
        return UnsafePointer(table)
    }()
}
