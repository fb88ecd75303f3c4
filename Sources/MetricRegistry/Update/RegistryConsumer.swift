import CPlatform
import Synchronization
import Telemetry

/// The registry on the bus: one look-up per group, then all its updates. Allocates only for new series.
final class RegistryConsumer: EventConsumer {
    let id: String
    private let sources: Guarded<(groups: [LiveGroup], taps: TapList?)>
    private let time: RegistryTime

    init(id: String, time: RegistryTime) {
        self.id = id
        self.time = time
        sources = Guarded(([], nil))
    }

    let calls = ConsumerCalls(
        consume: { consumer, frame, plan in
            Unmanaged<RegistryConsumer>.fromOpaque(consumer)._withUnsafeGuaranteedRef {
                $0.consume(frame.assumingMemoryBound(to: EventFrame.self), plan)
            }
        },
        consumeBound: { consumer, frame, plan, binding in
            Unmanaged<RegistryConsumer>.fromOpaque(consumer)._withUnsafeGuaranteedRef {
                $0.consume(frame.assumingMemoryBound(to: EventFrame.self), plan, binding)
            }
        })

    /// What plans are made from now on; follow with `TelemetryBus.refresh`.
    func use(_ groups: [LiveGroup], taps: TapList?) { sources.withLock { $0 = (groups, taps) } }

    // MARK: Plans

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        let (groups, taps) = sources.withLock { $0 }
        guard let plan = UpdatePlan(shape: shape, groups: groups, taps: taps) else { return nil }
        return UnsafeRawPointer(Unmanaged.passRetained(plan).toOpaque())
    }

    func release(plan: UnsafeRawPointer) {
        Unmanaged<UpdatePlan>.fromOpaque(plan).release()
    }

    // MARK: Updates

    private func consume(_ frame: UnsafePointer<EventFrame>, _ plan: UnsafeRawPointer) {
        let steps = Unmanaged<UpdatePlan>.fromOpaque(plan)._withUnsafeGuaranteedRef { $0.steps }
        let slot = platform_thread_slot_get().pointee.index
        withUnsafeTemporaryAllocation(of: MetadataText.self, capacity: 32) { values in
            let values = values.baseAddress.unsafelyUnwrapped
            var step = steps.baseAddress.unsafelyUnwrapped
            let end = step + steps.count
            while step < end {
                if let row = Self.row(step, frame, values) { apply(step, row, frame, slot) }
                step += 1
            }
        }
    }

    /// The row an event belongs to; nil where its labels are not complete.
    @inline(__always)
    private static func row(
        _ step: UnsafePointer<PlannedStep>, _ frame: UnsafePointer<EventFrame>,
        _ values: UnsafeMutablePointer<MetadataText>
    ) -> SeriesRow.Pointer? {
        let metadata = frame.pointee.metadata
        let key = step.pointee.hashKey
        var hash = key
        var index = 0
        while index < step.pointee.labelCount {
            let source = step.pointee.labels[index]
            var text = source.index < 0 ? source.fallback : metadata[Int(source.index)]
            if text.isAbsent {
                text = source.fallback
                if text.isAbsent {
                    skip(step, frame, .missingLabel)
                    return nil
                }
            }
            values[index] = text
            // An empty text may have no address; any will do, for nothing is read.
            let start = text.start.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(values)
            hash = ByteHash.combine(hash, start, Int(text.count), key: key)
            index &+= 1
        }
        let short = UInt32(truncatingIfNeeded: hash ^ (hash &>> 32))
        return step.pointee.group._withUnsafeGuaranteedRef { group in
            if let row = group.find(values, step.pointee.labelCount, short) { return row }
            if let row = group.makeRow(values, step.pointee.labelCount, short) { return row }
            skip(step, frame, .labelTooLong)
            return nil
        }
    }

    /// Counts a skipped update on every metric that the event would have updated.
    @inline(never)
    private static func skip(
        _ step: UnsafePointer<PlannedStep>, _ frame: UnsafePointer<EventFrame>, _ reason: SkipReason
    ) {
        for update in step.pointee.updates
        where update.details.pointee.conditions.allSatisfy({ $0.holds(frame.pointee.metadata) }) {
            update.details.pointee.metric._withUnsafeGuaranteedRef { $0.skipped(reason) }
        }
    }

    @inline(__always)
    private func apply(
        _ step: UnsafePointer<PlannedStep>, _ row: SeriesRow.Pointer,
        _ frame: UnsafePointer<EventFrame>,
        _ slot: UInt32
    ) {
        if step.pointee.expires {
            let tick = time.tick
            if row.pointee.lastUse.load(ordering: .relaxed) != tick {
                row.pointee.lastUse.store(tick, ordering: .relaxed)
            }
        }
        let shard = row.shard(of: slot, cellCount: step.pointee.cellCount)
        if shard.pointee.owner == Shard.everyone {
            UpdateExecutor.applyShared(step, row, shard, frame)
        } else {
            UpdateExecutor.apply(step, row, shard, frame)
        }
    }

    // MARK: Bindings

    /// The rows of each step for one set of metadata, held while the binding lives.
    private final class Binding {
        let rows: UnsafeMutableBufferPointer<SeriesRow.Pointer?>
        let groups: [SeriesGroup]

        init(_ rows: [SeriesRow.Pointer?], _ groups: [SeriesGroup]) {
            self.rows = .allocate(capacity: rows.count)
            _ = self.rows.initialize(from: rows)
            self.groups = groups
        }

        deinit {
            for row in rows { row?.pointee.pins.wrappingSubtract(1, ordering: .relaxed) }
            rows.deallocate()
        }
    }

    func bind(_ event: borrowing Event, plan: UnsafeRawPointer) -> UnsafeRawPointer? {
        let frame = event.frame
        let steps = Unmanaged<UpdatePlan>.fromOpaque(plan)._withUnsafeGuaranteedRef { $0.steps }
        let rows = withUnsafeTemporaryAllocation(of: MetadataText.self, capacity: 32) { values in
            steps.indices.map {
                Self.row(
                    steps.baseAddress.unsafelyUnwrapped + $0, frame,
                    values.baseAddress.unsafelyUnwrapped)
            }
        }
        for row in rows { row?.pointee.pins.wrappingAdd(1, ordering: .relaxed) }
        let groups = steps.map { $0.group.takeUnretainedValue() }
        return UnsafeRawPointer(Unmanaged.passRetained(Binding(rows, groups)).toOpaque())
    }

    private func consume(
        _ frame: UnsafePointer<EventFrame>, _ plan: UnsafeRawPointer, _ binding: UnsafeRawPointer
    ) {
        let steps = Unmanaged<UpdatePlan>.fromOpaque(plan)._withUnsafeGuaranteedRef { $0.steps }
        let rows = Unmanaged<Binding>.fromOpaque(binding)._withUnsafeGuaranteedRef { $0.rows }
        let slot = platform_thread_slot_get().pointee.index
        for index in 0..<steps.count {
            let step = steps.baseAddress.unsafelyUnwrapped + index
            if let row = rows[index] {
                apply(step, row, frame, slot)
            } else {
                Self.skip(step, frame, .missingLabel)
            }
        }
    }

    func release(binding: UnsafeRawPointer) {
        Unmanaged<Binding>.fromOpaque(binding).release()
    }
}
