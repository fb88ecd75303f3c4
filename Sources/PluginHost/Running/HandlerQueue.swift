import Telemetry

/// Events on their way to a handler: attached to the bus, copies what comes.
final class HandlerQueue: EventConsumer {
    static let maximumEvents = 8192
    static let maximumBytes = 4 << 20

    let id: String
    let events = BatchQueue<EventBatch>(maximumCount: maximumEvents, maximumBytes: maximumBytes)
    private let clock: TelemetryClock

    init(id: String, clock: TelemetryClock) {
        self.id = id
        self.clock = clock
    }

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        UnsafeRawPointer(Unmanaged.passRetained(EventKeys(shape)).toOpaque())
    }

    func release(plan: UnsafeRawPointer) {
        Unmanaged<EventKeys>.fromOpaque(plan).release()
    }

    let calls = ConsumerCalls { queue, frame, plan in
        Unmanaged<HandlerQueue>.fromOpaque(queue)._withUnsafeGuaranteedRef { queue in
            queue.add(
                frame.assumingMemoryBound(to: EventFrame.self),
                Unmanaged<EventKeys>.fromOpaque(plan).takeUnretainedValue())
        }
    }

    private func add(_ frame: UnsafePointer<EventFrame>, _ keys: EventKeys) {
        let time =
            frame.pointee.timestamp == EventFrame.noTimestamp
            ? clock.system() : frame.pointee.timestamp
        events.add { $0.append(frame, keys, time: time) }
    }
}
