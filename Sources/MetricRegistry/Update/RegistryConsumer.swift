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
                defer { step += 1 }
                guard step.pointee.holds(frame.pointee.metadata),
                    step.pointee.admits(frame.pointee.measurements)
                else { continue }
                guard let hash = Self.gather(step, frame, values) else {
                    Self.skip(step, .missingLabel)
                    continue
                }
                let row = step.pointee.group._withUnsafeGuaranteedRef {
                    $0.find(values, step.pointee.labelCount, hash)
                        ?? $0.makeRow(values, step.pointee.labelCount, hash)
                }
                guard let row else {
                    Self.skip(step, .labelTooLong)
                    continue
                }
                apply(step, row, frame, slot)
            }
        }
    }

    /// Puts the label values of an event into `values` and answers their hash; nil where one is missing.
    @inline(__always)
    private static func gather(
        _ step: UnsafePointer<PlannedStep>, _ frame: UnsafePointer<EventFrame>,
        _ values: UnsafeMutablePointer<MetadataText>
    ) -> UInt32? {
        let metadata = frame.pointee.metadata
        let key = step.pointee.hashKey
        var hash = key
        var index = 0
        while index < step.pointee.labelCount {
            let source = step.pointee.labels[index]
            var text = source.index < 0 ? source.fallback : metadata[Int(source.index)]
            if text.isAbsent {
                text = source.fallback
                if text.isAbsent { return nil }
            }
            values[index] = text
            // An empty text may have no address; any will do, for nothing is read.
            let start = text.start.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(values)
            hash = ByteHash.combine(hash, start, Int(text.count), key: key)
            index &+= 1
        }
        return UInt32(truncatingIfNeeded: hash ^ (hash &>> 32))
    }

    /// Counts a skipped update on every metric that the event would have updated.
    @inline(never)
    private static func skip(_ step: UnsafePointer<PlannedStep>, _ reason: SkipReason) {
        for update in step.pointee.updates {
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
        let shard = row.pointee.shards.shard(
            of: slot, from: step.pointee.shards)
        if shard.pointee.owner == Shard.everyone {
            UpdateExecutor.applyShared(step, row, shard, frame)
        } else {
            UpdateExecutor.apply(step, row, shard, frame)
        }
    }

    // MARK: Bindings

    /// What fixed metadata mean to one step.
    private enum BoundStep {
        case row(SeriesRow.Pointer)
        case overflow(SeriesRow.Pointer)
        case skipped(SkipReason)
        /// The conditions do not hold.
        case unwanted
    }

    /// What one set of metadata means to each step of a plan; holds its rows while it lives.
    private final class Binding {
        let steps: UnsafeMutableBufferPointer<BoundStep>
        private let groups: [SeriesGroup]

        init(_ steps: [BoundStep], _ groups: [SeriesGroup]) {
            self.steps = .allocate(capacity: steps.count)
            _ = self.steps.initialize(from: steps)
            self.groups = groups
        }

        deinit {
            for step in steps {
                switch step {
                case .row(let row), .overflow(let row): row.pointee.unpin()
                case .skipped, .unwanted: break
                }
            }
            steps.deallocate()
        }
    }

    func bind(_ event: borrowing Event, plan: UnsafeRawPointer) -> UnsafeRawPointer? {
        let frame = event.frame
        let steps = Unmanaged<UpdatePlan>.fromOpaque(plan)._withUnsafeGuaranteedRef { $0.steps }
        let bound = withUnsafeTemporaryAllocation(of: MetadataText.self, capacity: 32) { values in
            steps.indices.map {
                Self.bind(
                    steps.baseAddress.unsafelyUnwrapped + $0, frame,
                    values.baseAddress.unsafelyUnwrapped)
            }
        }
        let groups = steps.map { $0.group.takeUnretainedValue() }
        return UnsafeRawPointer(Unmanaged.passRetained(Binding(bound, groups)).toOpaque())
    }

    private static func bind(
        _ step: UnsafePointer<PlannedStep>, _ frame: UnsafePointer<EventFrame>,
        _ values: UnsafeMutablePointer<MetadataText>
    ) -> BoundStep {
        guard step.pointee.holds(frame.pointee.metadata) else { return .unwanted }
        guard let hash = gather(step, frame, values) else { return .skipped(.missingLabel) }
        return step.pointee.group._withUnsafeGuaranteedRef { group in
            guard let row = group.pinnedRow(values, step.pointee.labelCount, hash) else {
                return .skipped(.labelTooLong)
            }
            return row == group.overflowRow ? .overflow(row) : .row(row)
        }
    }

    private func consume(
        _ frame: UnsafePointer<EventFrame>, _ plan: UnsafeRawPointer, _ binding: UnsafeRawPointer
    ) {
        let steps = Unmanaged<UpdatePlan>.fromOpaque(plan)._withUnsafeGuaranteedRef { $0.steps }
        let bound = Unmanaged<Binding>.fromOpaque(binding)._withUnsafeGuaranteedRef { $0.steps }
        let slot = platform_thread_slot_get().pointee.index
        for index in 0..<steps.count {
            let step = steps.baseAddress.unsafelyUnwrapped + index
            guard step.pointee.admits(frame.pointee.measurements) else { continue }
            switch bound[index] {
            case .row(let row): apply(step, row, frame, slot)
            case .overflow(let row):
                step.pointee.group._withUnsafeGuaranteedRef {
                    _ = $0.overflowed.wrappingAdd(1, ordering: .relaxed)
                }
                apply(step, row, frame, slot)
            case .skipped(let reason): Self.skip(step, reason)
            case .unwanted: break
            }
        }
    }

    func release(binding: UnsafeRawPointer) {
        Unmanaged<Binding>.fromOpaque(binding).release()
    }
}
