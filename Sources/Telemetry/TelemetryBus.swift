import Synchronization

/// Where events go in and handlers get them, in the emitter's thread.
///
/// Dispatch takes no lock: it reads a list that attaching and detaching replace. Handlers may execute events,
/// attach and detach. After `detach` returns, a call that had begun in another thread may still be running.
public final class TelemetryBus: @unchecked Sendable {
    // Sendable: `table` is read without a lock by design and written under `state`'s; the rest is constant.

    public let clock: TelemetryClock
    /// Tells this bus from every other one of the process, also from those that are gone.
    let number = TelemetryBus.numbers.wrappingAdd(1, ordering: .relaxed).oldValue
    private static let numbers = Atomic<UInt64>(1)

    private let policy: QuarantinePolicy
    private let state = Guarded(State())
    private let table: UnsafeMutablePointer<ShapeTable>
    /// Hashes of signatures that nobody wants, so that they cost no lock. Cleared when handlers change.
    private let unwanted: NegativeCache
    private let failureEvent: EventName = "telemetry.handler.failure"

    private struct Attachment {
        let patterns: [EventPattern]
        let consumer: any EventConsumer
    }

    private struct State {
        var attachments: [Attachment] = []
        var stages: PipelineStages?
        /// What stands in place of handlers while somebody watches, and how many do.
        var timed: TimedHandlers?
        var watches = 0
    }

    public init(clock: TelemetryClock = .machine, quarantine: QuarantinePolicy = QuarantinePolicy())
    {
        self.clock = clock
        self.policy = quarantine
        table = .allocate(capacity: 1)
        table.initialize(to: ShapeTable())
        unwanted = NegativeCache()
    }

    deinit {
        table.pointee.visit { Self.clear($0) }
        table.deinitialize(count: 1)
        table.deallocate()
        ReadSection.collect()
    }

    // MARK: Attaching

    /// Attaches `handler` to events. Several handlers may get one event; their order is not promised.
    public func attach(
        _ id: String, to events: [EventPattern], handler: @escaping EventHandler
    ) throws(AttachError) {
        let consumer = ClosureHandler(
            id: id, bus: self, policy: policy, body: handler)
        try attach(consumer, to: events)
    }

    /// Attaches a prepared receiver.
    package func attach(_ consumer: any EventConsumer, to events: [EventPattern])
        throws(AttachError)
    {
        guard !events.isEmpty else { throw .noEvents(consumer.id) }
        let isNew = state.withLock { state in
            guard !state.attachments.contains(where: { $0.consumer.id == consumer.id }) else {
                return false
            }
            state.attachments.append(Attachment(patterns: events, consumer: consumer))
            forgetDispatch { name in events.contains { $0.matches(name) } }
            return true
        }
        guard isNew else { throw .duplicateID(consumer.id) }
        ReadSection.collect()
    }

    /// Detaches a handler from all its events. False where there is none of this id.
    @discardableResult
    public func detach(_ id: String) -> Bool {
        // The handler goes outside the lock: what it holds may call the bus when it is freed.
        let gone = state.withLock { state -> Attachment? in
            guard let index = state.attachments.firstIndex(where: { $0.consumer.id == id }) else {
                return nil
            }
            let gone = state.attachments.remove(at: index)
            state.timed?.forget(id)
            forgetDispatch { name in gone.patterns.contains { $0.matches(name) } }
            return gone
        }
        ReadSection.collect()
        return gone != nil
    }

    /// Replaces the events of an attached receiver, and has its plans made anew.
    package func refresh(_ consumer: any EventConsumer, events: [EventPattern]) {
        state.withLock { state in
            guard let index = state.attachments.firstIndex(where: { $0.consumer === consumer })
            else { return }
            let old = state.attachments[index].patterns
            state.attachments[index] = Attachment(patterns: events, consumer: consumer)
            forgetDispatch { name in
                old.contains { $0.matches(name) } || events.contains { $0.matches(name) }
            }
        }
    }

    /// The handlers that may get events below `prefix`; all where it is empty.
    public func handlers(prefix: String = "") -> [HandlerInfo] {
        state.withLock { state in
            state.attachments.compactMap { attachment in
                let matches =
                    prefix.isEmpty
                    || attachment.patterns.contains { pattern in
                        pattern == .all || pattern.description == prefix
                            || pattern.description.hasPrefix(prefix + ".")
                            || (try? EventName(prefix)).map(pattern.matches) == true
                    }
                guard matches else { return nil }
                let handler = attachment.consumer as? ClosureHandler
                return HandlerInfo(
                    id: attachment.consumer.id, events: attachment.patterns,
                    failures: handler?.failures ?? 0,
                    isQuarantined: handler?.isQuarantined ?? false)
            }
        }
    }

    // MARK: The pipeline

    /// Puts stages in front of the handlers, in place of those there are. Rules that are the same keep their counts.
    package func setPipeline(_ pipeline: EventPipeline) {
        state.withLock { state in
            state.stages = PipelineStages(pipeline, after: state.stages, clock: clock)
            forgetDispatch { _ in true }
        }
        ReadSection.collect()
    }

    /// What the stages have done.
    package var pipelineStatistics: PipelineStatistics {
        state.withLock { $0.stages }?.statistics ?? PipelineStatistics()
    }

    // MARK: Timing

    /// Has handlers timed until as many have ended it as began it. See `HandlerWatch`.
    func beginTiming() -> TimedHandlers {
        state.withLock { state in
            state.watches += 1
            if let timed = state.timed { return timed }
            let timed = TimedHandlers(clock: clock)
            state.timed = timed
            forgetDispatch { _ in true }
            return timed
        }
    }

    func endTiming() {
        state.withLock { state in
            state.watches -= 1
            guard state.watches == 0 else { return }
            state.timed = nil
            forgetDispatch { _ in true }
        }
        ReadSection.collect()
    }

    // MARK: Dispatch

    /// Hands an event to the consumers of its shape; false where it has none. Inside a read section.
    @inline(__always)
    package func dispatch(_ frame: UnsafePointer<EventFrame>) -> Bool {
        consumers(of: frame.pointee.shape).pointee.deliver(frame)
    }

    /// The list of a shape, made now where it is not known. Inside a read section.
    @inline(__always)
    func consumers(of shape: EventShape.Pointer) -> DispatchList.Pointer {
        if let list = shape.pointee.dispatch.load(ordering: .acquiring) { return list }
        return resolve(shape)
    }

    @inline(never)
    private func resolve(_ shape: EventShape.Pointer) -> DispatchList.Pointer {
        state.withLock { state in
            if let list = shape.pointee.dispatch.load(ordering: .acquiring) { return list }
            let list = Self.makeList(state, shape)
            shape.pointee.dispatch.store(list, ordering: .releasing)
            shape.pointee.isWanted.pointee.store(!list.pointee.entries.isEmpty, ordering: .relaxed)
            if !Self.isWanted(shape.pointee.name, state) {
                unwanted.insert(Self.hash(shape.pointee.name))
            }
            return list
        }
    }

    private static func makeList(
        _ state: State, _ shape: EventShape.Pointer
    ) -> DispatchList.Pointer {
        let gate = state.stages?.gate(for: shape)
        shape.pointee.setWeight(gate?.weight ?? 1)
        let prepared = state.attachments.compactMap {
            attachment -> (any EventConsumer, UnsafeRawPointer)? in
            guard attachment.patterns.contains(where: { $0.matches(shape.pointee.name) }),
                let plan = attachment.consumer.plan(for: shape)
            else { return nil }
            return (state.timed?.timing(attachment.consumer) ?? attachment.consumer, plan)
        }
        let list = DispatchList.make(prepared)
        guard let gate, !prepared.isEmpty else { return list }
        return gate.guarding(list)
    }

    /// Has the lists of matching shapes made anew at their next event. Under the lock.
    private func forgetDispatch(where matches: (EventName) -> Bool) {
        unwanted.clear()
        table.pointee.visit { shape in
            if matches(shape.pointee.name) { Self.clear(shape) }
        }
    }

    private static func clear(_ shape: EventShape.Pointer) {
        let old = shape.pointee.dispatch.exchange(nil, ordering: .acquiringAndReleasing)
        shape.pointee.isWanted.pointee.store(true, ordering: .relaxed)
        guard let old else { return }
        ReadSection.retire { [address = UInt(bitPattern: old)] in
            if let old = DispatchList.Pointer(bitPattern: address) { DispatchList.free(old) }
        }
    }

    // MARK: Shapes

    /// What a signature stands for.
    package enum ShapeLookup {
        case shape(EventShape.Pointer)
        /// A well-formed event that no handler wants.
        case unwanted
        /// The shape table is full: dispatch inside `withTransientShape`.
        case transient
        case malformed
    }

    /// Finds or makes the shape of a signature. Inside a read section.
    package func shape(_ signature: UnsafeRawBufferPointer) -> ShapeLookup {
        guard let base = signature.baseAddress else { return .malformed }
        let hash = ByteHash.combine(
            ByteHash.seed, base, signature.count, key: ByteHash.seed)
        if let shape = table.pointee.find(signature, hash: hash) { return .shape(shape) }
        if unwanted.contains(hash) { return .unwanted }
        return makeShape(signature, hash)
    }

    private static func isWanted(_ name: EventName, _ state: State) -> Bool {
        state.attachments.contains { $0.patterns.contains { $0.matches(name) } }
    }

    /// False where it is known that no handler wants events of this name.
    func mayBeWanted(_ name: EventName) -> Bool { !unwanted.contains(Self.hash(name)) }

    /// The same as the hash of a signature without keys.
    private static func hash(_ name: EventName) -> UInt64 {
        var text = name.description
        return text.withUTF8 { utf8 in
            // A name is never empty.
            let start = UnsafeRawPointer(utf8.baseAddress.unsafelyUnwrapped)
            return ByteHash.combine(ByteHash.seed, start, utf8.count, key: ByteHash.seed)
        }
    }

    @inline(never)
    private func makeShape(_ signature: UnsafeRawBufferPointer, _ hash: UInt64) -> ShapeLookup {
        state.withLock { state in
            if let shape = table.pointee.find(signature, hash: hash) { return .shape(shape) }
            guard let name = EventShape.name(in: signature) else { return .malformed }
            guard Self.isWanted(name, state) else {
                unwanted.insert(hash)
                unwanted.insert(Self.hash(name))
                return .unwanted
            }
            guard table.pointee.count < ShapeTable.maximumShapes else { return .transient }
            let pointer = EventShape.Pointer.allocate(capacity: 1)
            pointer.initialize(to: EventShape(signature: signature, hash: hash, name: name))
            table.pointee.insert(pointer)
            return .shape(pointer)
        }
    }

    /// Makes a shape whether anyone wants it now or not: for emitters that prepare.
    package func preparedShape(_ signature: ShapeSignature) -> EventShape.Pointer {
        signature.bytes.withUnsafeBytes { bytes in
            let hash = ByteHash.combine(
                ByteHash.seed, bytes.baseAddress.unsafelyUnwrapped, bytes.count,
                key: ByteHash.seed)
            return state.withLock { _ in
                if let shape = table.pointee.find(bytes, hash: hash) { return shape }
                let pointer = EventShape.Pointer.allocate(capacity: 1)
                pointer.initialize(
                    to: EventShape(signature: bytes, hash: hash, name: signature.name))
                table.pointee.insert(pointer)
                return pointer
            }
        }
    }

    /// Lends a shape that is not kept: made, used and freed here.
    func withTransientShape<Result>(
        _ signature: UnsafeRawBufferPointer, orElse malformed: Result,
        _ body: (EventShape.Pointer) -> Result
    ) -> Result {
        guard let name = EventShape.name(in: signature) else { return malformed }
        let pointer = EventShape.Pointer.allocate(capacity: 1)
        pointer.initialize(to: EventShape(signature: signature, hash: 0, name: name))
        let list = state.withLock { Self.makeList($0, pointer) }
        pointer.pointee.dispatch.store(list, ordering: .relaxed)
        defer {
            // Nobody else has seen it, and handlers are done with what they were lent.
            pointer.pointee.dispatch.store(nil, ordering: .relaxed)
            DispatchList.free(list)
            pointer.deinitialize(count: 1)
            pointer.deallocate()
        }
        return body(pointer)
    }

    // MARK: Failures

    /// Tells of a handler's failure as an event of its own.
    func reportFailure(of id: String, event: EventName, error: any Error, quarantined: Bool) {
        // A handler that fails on failures would never end.
        guard event != failureEvent else { return }
        execute(
            failureEvent,
            [
                "monotonic_time": .integer(clock.monotonic()),
                "system_time": .integer(clock.system()),
            ],
            [
                "event_name": .string(event.description), "handler_id": .string(id),
                "kind": .string("\(type(of: error))"), "reason": .string("\(error)"),
                "quarantined": .boolean(quarantined),
            ])
    }
}
