import Synchronization
import Telemetry

/// A group with those of its metrics that are still declared.
struct LiveGroup: Sendable {
    let group: SeriesGroup
    var metrics: [Metric]
}

/// The metrics of one owner that are fed by the same events and have the same labels, conditions and limits.
///
/// They share rows: one look-up finds the cells of all of them.
final class SeriesGroup: @unchecked Sendable {
    // Sendable: `table`, `rows` and `overflow` are read atomically and replaced under `lock`; what they replace
    // is freed through the graveyard.

    /// What makes metrics share a group.
    struct Key: Hashable {
        let owner: String
        let events: Set<EventName>
        let labels: [LabelMapping]
        let constants: [EventName: [[String: String]]]
        let keep: [MetadataCondition]
        let drop: [MetadataCondition]
        let maximumSeries: Int
        let expireAfter: Duration?
    }

    /// The most metrics a group has; further ones make another group.
    static let maximumMetrics = 32
    /// The longest label value in bytes.
    static let maximumValue = 4096

    let key: Key
    let metrics: [Metric]
    let labelNames: [LabelName]
    let gaps: UnsafeMutablePointer<Int32>
    private let gaugeCount: Int
    private let gauges: CellStore
    let shards: CellStore
    let expires: Bool
    let table: Atomic<SeriesTable.Pointer>
    let rows: Atomic<RowList.Pointer>
    /// The series that takes what does not fit.
    private let overflow = Atomic<SeriesRow.Pointer?>(nil)
    private let isFull = Atomic<Bool>(false)
    let overflowed = Atomic<UInt64>(0)
    let carries = Carries()
    private let cellCount: Int
    private let graveyard: Graveyard
    private let time: RegistryTime
    private let labelGuard: LabelGuard
    private let lock = Guarded(())

    init(
        key: Key, definitions: [MetricDefinition], graveyard: Graveyard, time: RegistryTime,
        labelGuard: LabelGuard
    ) {
        self.key = key
        self.labelGuard = labelGuard
        self.graveyard = graveyard
        self.time = time
        var cell = 0
        var gauge = 0
        var metrics: [Metric] = []
        for (index, definition) in definitions.enumerated() {
            let isGauge = definition.kind == .lastValue
            metrics.append(
                Metric(
                    definition: definition, owner: key.owner, index: index,
                    cell: isGauge ? gauge : cell))
            cell += Metric.cellCount(definition)
            gauge += isGauge ? 1 : 0
        }
        self.metrics = metrics
        cellCount = cell
        shards = CellStore(blockSize: Shard.size(cellCount: cell))
        gaugeCount = gauge
        gauges = CellStore(
            blockSize: gauge * MemoryLayout<GaugeCell>.stride, isShared: true)
        labelNames = key.labels.map(\.name)
        let lengths = LabelText.gaps(names: labelNames)
        gaps = .allocate(capacity: max(1, lengths.count))
        for (index, length) in lengths.enumerated() { (gaps + index).initialize(to: length) }
        expires = key.expireAfter != nil
        table = Atomic(SeriesTable.make(capacity: 8))
        rows = Atomic(RowList.make(capacity: 4))
    }

    deinit {
        for row in rows.load(ordering: .acquiring).pointee.rows { free(row) }
        if let row = overflow.load(ordering: .acquiring) { free(row) }
        RowList.free(rows.load(ordering: .acquiring))
        SeriesTable.free(table.load(ordering: .acquiring))
        gaps.deallocate()
    }

    /// Label sets now, the overflow series not counted.
    var seriesCount: Int { rows.load(ordering: .acquiring).pointee.count }

    /// The overflow series, if it is in use.
    var overflowRow: SeriesRow.Pointer? { overflow.load(ordering: .acquiring) }

    /// The row of these values; nil where it is not there yet. Inside a read section.
    @inline(__always)
    func find(_ values: UnsafePointer<MetadataText>, _ count: Int, _ hash: UInt32) -> SeriesRow
        .Pointer?
    {
        let table = table.load(ordering: .acquiring)
        let mask = table.pointee.mask
        let slots = table.pointee.slots
        let tag = UInt64(hash &>> 16)
        var index = Int(hash) & mask
        while true {
            let slot = slots[index].load(ordering: .acquiring)
            if slot == 0 { return nil }
            if slot &>> 48 == tag {
                let row = SeriesRow.Pointer(
                    bitPattern: UInt(slot & SeriesTable.addressMask)
                ).unsafelyUnwrapped
                if row.matches(values, count: count, gaps: gaps) { return row }
            }
            index = (index &+ 1) & mask
        }
    }

    /// The row of these values, made now where it is missing; the overflow series where the group is full;
    /// nil where a value is too long. `isUpdate`: for one update, which counts where it overflows.
    @inline(never)
    func makeRow(
        _ values: UnsafePointer<MetadataText>, _ count: Int, _ hash: UInt32, isUpdate: Bool = true
    ) -> SeriesRow.Pointer? {
        if isFull.load(ordering: .relaxed) { return overflowing(isUpdate) }
        let values = UnsafeBufferPointer(start: values, count: count)
        guard values.allSatisfy({ Int($0.count) <= Self.maximumValue }) else { return nil }
        if let clean = labelGuard.clean(values, of: key.labels) {
            // A mark may be longer than what it stands for.
            guard clean.allSatisfy({ $0.count <= Self.maximumValue }) else { return nil }
            return LabelValues.withTexts(of: clean) { texts, hash in
                find(texts.baseAddress.unsafelyUnwrapped, count, hash)
                    ?? makeCleanRow(texts, hash, isUpdate)
            }
        }
        return makeCleanRow(values, hash, isUpdate)
    }

    private func makeCleanRow(
        _ values: UnsafeBufferPointer<MetadataText>, _ hash: UInt32, _ isUpdate: Bool
    ) -> SeriesRow.Pointer {
        lock.withLock { _ in
            let count = values.count
            if let row = find(values.baseAddress.unsafelyUnwrapped, count, hash) { return row }
            let list = rows.load(ordering: .relaxed)
            guard list.pointee.count < key.maximumSeries else {
                isFull.store(true, ordering: .relaxed)
                return overflowing(isUpdate)
            }
            let (text, isEscaped) = LabelText.render(names: labelNames, values: values)
            let row = SeriesRow.make(
                hash: hash, values: values, text: text, isEscaped: isEscaped,
                created: time.system(), tick: time.tick,
                gauges: GaugeCell.make(gaugeCount, in: gauges))
            append(row)
            insert(row)
            return row
        }
    }

    /// The same, held until `unpin`: for who keeps it beyond the read section.
    func pinnedRow(
        _ values: UnsafePointer<MetadataText>, _ count: Int, _ hash: UInt32
    ) -> SeriesRow.Pointer? {
        var row = find(values, count, hash)
        while true {
            if let row, row.pointee.pin() { return row }
            // Missing, or expired just now: what is made under the lock is alive.
            row = makeRow(values, count, hash, isUpdate: false)
            if row == nil { return nil }
        }
    }

    /// Says that a row is in use now.
    func touch(_ row: SeriesRow.Pointer) {
        if expires { row.pointee.lastUse.store(time.tick, ordering: .relaxed) }
    }

    private func append(_ row: SeriesRow.Pointer) {
        let list = rows.load(ordering: .relaxed)
        if list.pointee.append(row) { return }
        let larger = RowList.make(capacity: list.pointee.capacity * 2)
        for row in list.pointee.rows { _ = larger.pointee.append(row) }
        _ = larger.pointee.append(row)
        rows.store(larger, ordering: .releasing)
        graveyard.bury { [address = UInt(bitPattern: list)] in
            if let list = RowList.Pointer(bitPattern: address) { RowList.free(list) }
        }
    }

    private func insert(_ row: SeriesRow.Pointer) {
        let table = table.load(ordering: .relaxed)
        let count = rows.load(ordering: .relaxed).pointee.count
        if count * 8 <= (table.pointee.mask + 1) * 5 {
            table.pointee.place(row)
        } else {
            rebuild(capacity: (table.pointee.mask + 1) * 2)
        }
    }

    /// Makes the table anew from the rows. Under the lock.
    private func rebuild(capacity: Int) {
        let new = SeriesTable.make(capacity: capacity)
        for row in rows.load(ordering: .relaxed).pointee.rows { new.pointee.place(row) }
        let old = table.exchange(new, ordering: .acquiringAndReleasing)
        ReadSection.retire { [address = UInt(bitPattern: old)] in
            if let old = SeriesTable.Pointer(bitPattern: address) { SeriesTable.free(old) }
        }
    }

    /// The overflow series.
    private func overflowing(_ isUpdate: Bool) -> SeriesRow.Pointer {
        if isUpdate { overflowed.wrappingAdd(1, ordering: .relaxed) }
        if let row = overflow.load(ordering: .acquiring) { return row }
        let none = UnsafeBufferPointer<MetadataText>(start: nil, count: 0)
        let new = SeriesRow.make(
            hash: 0, values: none, text: Array("otel_metric_overflow=\"true\"".utf8),
            isEscaped: false, created: time.system(), tick: time.tick,
            gauges: GaugeCell.make(gaugeCount, in: gauges))
        let (exchanged, current) = overflow.compareExchange(
            expected: nil, desired: new, ordering: .acquiringAndReleasing)
        if exchanged { return new }
        free(new)
        return current.unsafelyUnwrapped
    }

    /// Frees a row with all it points to. Nobody uses it any more.
    private func free(_ row: SeriesRow.Pointer) {
        row.pointee.shards.visit { shard in
            for metric in metrics where metric.definition.kind == .summary {
                SketchCell(shard.cells + (metric.cell + Metric.sketchCell)).free()
            }
            carries.forget(shard.cells, count: cellCount)
            Shard.free(shard, to: shards)
        }
        GaugeCell.free(row.pointee.gauges, gaugeCount, to: gauges)
        SeriesRow.free(row)
    }

    /// Removes rows that were idle for too long. Returns how many.
    func expire() -> Int {
        guard let age = key.expireAfter else { return 0 }
        let ticks = time.ticks(in: age)
        let now = time.tick
        return remove { now &- $0.pointee.lastUse.load(ordering: .relaxed) > ticks }
    }

    /// Removes a row that the caller holds; false where others hold it too, or it is the overflow series.
    func removeHeld(_ row: SeriesRow.Pointer) -> Bool { remove(pins: 1) { $0 == row } == 1 }

    /// Removes rows whose labels hold a secret by the rules that are new, unless somebody holds them. Returns how many.
    @discardableResult
    func removeSecrets() -> Int {
        guard !labelNames.isEmpty else { return 0 }
        return remove {
            labelGuard.finds($0.values(count: labelNames.count, gaps: gaps), of: key.labels)
        }
    }

    private func remove(pins: Int32 = 0, _ isToGo: (SeriesRow.Pointer) -> Bool) -> Int {
        lock.withLock { _ in
            let list = rows.load(ordering: .relaxed)
            guard list.pointee.rows.contains(where: isToGo) else { return 0 }
            let kept = RowList.make(capacity: max(4, list.pointee.count))
            var gone: [UInt] = []
            for row in list.pointee.rows {
                if isToGo(row), row.pointee.expire(pins: pins) {
                    gone.append(UInt(bitPattern: row))
                } else {
                    _ = kept.pointee.append(row)
                }
            }
            rows.store(kept, ordering: .releasing)
            rebuild(capacity: table.load(ordering: .relaxed).pointee.mask + 1)
            isFull.store(false, ordering: .relaxed)
            graveyard.bury { [self, gone, address = UInt(bitPattern: list)] in
                for row in gone.lazy.compactMap(SeriesRow.Pointer.init(bitPattern:)) { free(row) }
                if let list = RowList.Pointer(bitPattern: address) { RowList.free(list) }
            }
            return gone.count
        }
    }
}
