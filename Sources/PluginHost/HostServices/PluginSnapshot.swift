import CAgentPlugin
import MetricRegistry

/// A snapshot in a plugin's hands: `agent_snapshot` is its address.
///
/// `@unchecked Sendable`: the ABI has it used by one thread at a time.
final class PluginSnapshot: @unchecked Sendable {
    /// Series read by one call, however much room the plugin has.
    static let maximumBatch = 1024

    private struct Family {
        let snapshot: FamilySnapshot
        let view: FamilyView
        let filtersSeries: Bool
        /// Made when a plugin first asks for labels: ids it did not get from here lead nowhere.
        var ids: Set<UInt64>?
    }

    let time: Int64
    private let snapshot: MetricSnapshot
    private let filter: SnapshotFilter
    private var families: [Family] = []
    private var buckets: UnsafeMutablePointer<UInt64>?
    private var bucketCapacity = 0
    private var quantiles: UnsafeMutablePointer<Double>?
    private var quantileCapacity = 0

    init(_ snapshot: MetricSnapshot, views: [FamilyView], filter: SnapshotFilter) {
        self.snapshot = snapshot
        self.filter = filter
        time = snapshot.time
        families.reserveCapacity(views.count)
        for (family, view) in zip(snapshot.families, views) {
            let decision =
                filter.isEmpty
                ? .all : filter.decision(family: family.definition.name.description)
            guard decision != .none else { continue }
            families.append(
                Family(snapshot: family, view: view, filtersSeries: decision == .bySeries))
        }
    }

    deinit {
        buckets?.deallocate()
        quantiles?.deallocate()
    }

    // MARK: The pointer a plugin holds

    var address: UnsafeRawPointer { UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }
    var opaque: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// The snapshot of a pointer that is valid by contract.
    static func with<Result>(_ pointer: OpaquePointer?, _ body: (PluginSnapshot) -> Result)
        -> Result?
    {
        guard let pointer else { return nil }
        return Unmanaged<PluginSnapshot>.fromOpaque(UnsafeRawPointer(pointer))
            ._withUnsafeGuaranteedRef(body)
    }

    // MARK: Reading

    var familyCount: Int { families.count }

    func family(_ index: Int) -> agent_family? {
        families.indices.contains(index) ? families[index].view.table : nil
    }

    /// Reads further series into `out`; how many, 0 at the end. Nil: no such family.
    func series(
        _ index: Int, cursor: inout UInt64, _ out: UnsafeMutablePointer<agent_series>, capacity: Int
    ) -> Int? {
        guard families.indices.contains(index) else { return nil }
        let family = families[index]
        let limit = min(capacity, Self.maximumBatch)
        guard limit > 0 else { return 0 }
        reserve(family.snapshot, limit)
        guard let buckets, let quantiles else { return 0 }
        var position = Int(clamping: cursor)
        defer { cursor = UInt64(position) }
        while true {
            var count = 0
            let mayBeMore = family.snapshot.read(
                cursor: &position, limit: limit, buckets: buckets, quantiles: quantiles
            ) { _, sample in
                guard !family.filtersSeries || accepts(family, sample.id) else { return }
                (out + count).initialize(to: agent_series(sample))
                count += 1
            }
            if count > 0 || !mayBeMore { return count }
        }
    }

    /// Writes up to `capacity` labels of a series and answers how many there are. Nil: no such series.
    func labels(
        _ index: Int, _ id: UInt64, _ out: UnsafeMutablePointer<agent_pair>?, capacity: Int
    ) -> Int? {
        guard families.indices.contains(index), isKnown(id, in: index) else { return nil }
        let family = families[index]
        let pairs = family.snapshot.labels(of: id)
        for (number, pair) in pairs.enumerated() where number < capacity {
            let name =
                pairs.count == family.view.labelNames.count && pair.name != Self.overflowName
                ? family.view.labelNames[number] : Self.overflowText.view
            (out.map { $0 + number })?.initialize(
                to: agent_pair(name: name, value: agent_str(pair.value)))
        }
        return pairs.count
    }

    private static let overflowName = "otel_metric_overflow"
    private static let overflowText = PermanentText(overflowName)

    private func isKnown(_ id: UInt64, in index: Int) -> Bool {
        if let ids = families[index].ids { return ids.contains(id) }
        var ids: Set<UInt64> = []
        var position = 0
        let family = families[index].snapshot
        // Not the buffers of `series`: what those hold stays valid until its next call.
        let buckets = UnsafeMutablePointer<UInt64>.allocate(
            capacity: max(family.bucketCount, 1) * 64)
        let quantiles = UnsafeMutablePointer<Double>.allocate(
            capacity: max(family.quantileCount, 1) * 64)
        defer {
            buckets.deallocate()
            quantiles.deallocate()
        }
        while family.read(
            cursor: &position, limit: 64, buckets: buckets, quantiles: quantiles,
            { ids.insert($1.id) })
        {}
        families[index].ids = ids
        return ids.contains(id)
    }

    private func accepts(_ family: Family, _ id: UInt64) -> Bool {
        let labels = family.snapshot.labels(of: id)
        return filter.accepts(family: family.snapshot.definition.name.description) { name in
            labels.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
        }
    }

    private func reserve(_ family: FamilySnapshot, _ limit: Int) {
        let wantedBuckets = max(family.bucketCount * limit, 1)
        if bucketCapacity < wantedBuckets {
            buckets?.deallocate()
            buckets = .allocate(capacity: wantedBuckets)
            bucketCapacity = wantedBuckets
        }
        let wantedQuantiles = max(family.quantileCount * limit, 1)
        if quantileCapacity < wantedQuantiles {
            quantiles?.deallocate()
            quantiles = .allocate(capacity: wantedQuantiles)
            quantileCapacity = wantedQuantiles
        }
    }
}

extension agent_series {
    @inline(__always)
    fileprivate init(_ sample: SeriesSample) {
        self.init(
            labels: agent_str(sample.labels), value: agent_value(sample.value),
            sum: agent_value(sample.sum), count: sample.count, buckets: sample.buckets,
            quantiles: sample.quantiles, start_time_ns: sample.startTime, id: sample.id)
    }
}

extension agent_str {
    /// A view of bytes that someone else keeps.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(
            data: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), size: UInt64(bytes.count))
    }
}
