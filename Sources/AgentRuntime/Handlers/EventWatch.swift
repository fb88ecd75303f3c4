import Telemetry

/// What is done with copies of events, outside their emitters' threads.
protocol EventWatcher: AnyObject, Sendable {
    /// Where events of these names and keys go; nil where none of them is of interest.
    func sink(for keys: EventKeys) -> (any EventSink)?
}

/// Takes copies of events of the same names and keys. Called in the emitter's thread: neither blocks nor emits.
protocol EventSink: AnyObject, Sendable {
    /// Whether this event is copied.
    func wants(_ frame: UnsafePointer<EventFrame>) -> Bool

    func take(_ copy: EventCopy)
}

/// Stands on the bus for a watcher: it only watches, so an event that nobody else wants stays unwanted.
final class EventWatch: EventConsumer {
    let id: String
    private let watcher: any EventWatcher
    private let clock: TelemetryClock

    init(id: String, clock: TelemetryClock, watcher: any EventWatcher) {
        self.id = id
        self.clock = clock
        self.watcher = watcher
    }

    var isObserver: Bool { true }

    /// What is prepared for a shape.
    private final class Plan: Sendable {
        let keys: EventKeys
        let sink: any EventSink

        init(_ keys: EventKeys, _ sink: any EventSink) {
            self.keys = keys
            self.sink = sink
        }
    }

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        let keys = EventKeys(shape)
        guard let sink = watcher.sink(for: keys) else { return nil }
        return UnsafeRawPointer(Unmanaged.passRetained(Plan(keys, sink)).toOpaque())
    }

    func release(plan: UnsafeRawPointer) { Unmanaged<Plan>.fromOpaque(plan).release() }

    let calls = ConsumerCalls(consume: { watch, frame, plan in
        Unmanaged<EventWatch>.fromOpaque(watch)._withUnsafeGuaranteedRef { watch in
            Unmanaged<Plan>.fromOpaque(plan)._withUnsafeGuaranteedRef { plan in
                watch.consume(frame.assumingMemoryBound(to: EventFrame.self), plan)
            }
        }
    })

    private func consume(_ frame: UnsafePointer<EventFrame>, _ plan: Plan) {
        guard plan.sink.wants(frame) else { return }
        plan.sink.take(EventCopy(frame, plan.keys, time: clock.system()))
    }
}
