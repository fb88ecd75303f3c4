package import CAgentPlugin

/// A snapshot with the series a test wants, which may change, behind the table a host would offer.
package final class FakeSnapshot {
    package var families: [Family] {
        didSet { build() }
    }
    package var time: Int64 = 1_700_000_000_500_000_000
    /// So many series are handed out per call at most: a family of more takes several.
    private let largestBatch: Int
    private var raw: [agent_family] = []
    private var series: [[agent_series]] = []
    private var blocks: [UnsafeMutableRawPointer] = []

    package init(_ families: [Family] = [], largestBatch: Int = 3) {
        self.families = families
        self.largestBatch = largestBatch
        build()
    }

    deinit { free() }

    package var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// A family as a stream's samples point to it.
    package func withFamily<Result>(
        _ index: Int, _ body: (UnsafePointer<agent_family>) throws -> Result
    ) rethrows -> Result {
        try withUnsafePointer(to: raw[index], body)
    }

    private func free() {
        for block in blocks { block.deallocate() }
        blocks = []
    }

    private func build() {
        free()
        raw = families.map(inPlace)
        series = families.map { $0.series.map(inPlace) }
    }

    private func inPlace(_ family: Family) -> agent_family {
        var raw = agent_family()
        raw.size = UInt32(MemoryLayout<agent_family>.size)
        raw.kind = family.kind
        raw.name = text(family.name)
        raw.help = text(family.help)
        raw.unit = text(family.unit)
        raw.label_names = array(family.labelNames.map(text))
        raw.label_count = UInt32(family.labelNames.count)
        raw.bounds_text = array(family.bounds.map(text))
        raw.bounds = array(family.bounds.compactMap(Double.init))
        raw.bounds_count = UInt32(family.bounds.count)
        raw.quantiles_text = array(family.quantiles.map(text))
        raw.quantiles = array(family.quantiles.compactMap(Double.init))
        raw.quantiles_count = UInt32(family.quantiles.count)
        return raw
    }

    private func inPlace(_ series: Series) -> agent_series {
        agent_series(
            labels: text(series.labels), value: series.value, sum: series.sum, count: series.count,
            buckets: array(series.buckets), quantiles: array(series.quantiles),
            start_time_ns: series.start, id: series.id)
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
}

extension FakeSnapshot {
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
                    let left = fake.series[Int(family)][Int(cursor.pointee)...]
                    let batch = left.prefix(min(Int(capacity), fake.largestBatch))
                    for (index, series) in batch.enumerated() { out[index] = series }
                    count.pointee = UInt32(batch.count)
                    cursor.pointee += UInt64(batch.count)
                    return batch.isEmpty ? AGENT_END : AGENT_OK
                },
                labels: { _, _, _, _, _, _ in AGENT_NOT_FOUND }))
        return UnsafePointer(table)
    }()
}
