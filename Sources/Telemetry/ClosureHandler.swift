/// A person's handler on the bus: calls it, and sets it aside while it keeps failing.
final class ClosureHandler: EventConsumer {
    let id: String
    private let body: EventHandler
    private let clock: TelemetryClock
    private let quarantine: Quarantine
    private unowned let bus: TelemetryBus

    init(id: String, bus: TelemetryBus, policy: QuarantinePolicy, body: @escaping EventHandler) {
        self.id = id
        self.body = body
        self.bus = bus
        clock = bus.clock
        quarantine = Quarantine(policy: policy)
    }

    var failures: Int { quarantine.failures }
    var isQuarantined: Bool { quarantine.isActive(clock) }

    let calls = ConsumerCalls(consume: { consumer, frame, _ in
        Unmanaged<ClosureHandler>.fromOpaque(consumer)._withUnsafeGuaranteedRef {
            $0.consume(Event(frame.assumingMemoryBound(to: EventFrame.self)))
        }
    })

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        // Any address: this handler prepares nothing.
        UnsafeRawPointer(bitPattern: 8)
    }

    func release(plan: UnsafeRawPointer) {}

    private func consume(_ event: borrowing Event) {
        if quarantine.isActive(clock) { return }
        do {
            try body(event)
            quarantine.succeeded()
        } catch {
            let isSetAside = quarantine.failed(clock)
            bus.reportFailure(of: id, event: event.name, error: error, quarantined: isSetAside)
        }
    }
}
