import Telemetry

/// What is done with copies of events, outside their emitters' threads.
protocol EventWatcher: AnyObject, Sendable {
    /// Whether events of these names and keys are of interest at all; what is answered is asked about each of them.
    func filter(for keys: EventKeys) -> (any EventFilter)?

    /// Called in the emitter's thread: neither blocks nor emits.
    func take(_ copy: EventCopy)
}

/// Decides in the emitter's thread whether an event is copied.
protocol EventFilter: AnyObject, Sendable {
    func passes(_ frame: UnsafePointer<EventFrame>) -> Bool
}

/// Lets every event pass.
final class EveryEvent: EventFilter {
    static let filter = EveryEvent()

    func passes(_ frame: UnsafePointer<EventFrame>) -> Bool { true }
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
        let filter: any EventFilter

        init(_ keys: EventKeys, _ filter: any EventFilter) {
            self.keys = keys
            self.filter = filter
        }
    }

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        let keys = EventKeys(shape)
        guard let filter = watcher.filter(for: keys) else { return nil }
        return UnsafeRawPointer(Unmanaged.passRetained(Plan(keys, filter)).toOpaque())
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
        guard plan.filter.passes(frame) else { return }
        watcher.take(EventCopy(frame, plan.keys, time: clock.system()))
    }
}
