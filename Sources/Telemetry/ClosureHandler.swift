/// A person's handler on the bus: calls it, and sets it aside while it keeps failing.
final class ClosureHandler: EventConsumer, @unchecked Sendable {
    private let body: EventHandler
    private let clock: TelemetryClock
    private let quarantine: Quarantine
    private unowned let bus: TelemetryBus

    init(id: String, bus: TelemetryBus, policy: QuarantinePolicy, body: @escaping EventHandler) {
        self.body = body
        self.bus = bus
        clock = bus.clock
        quarantine = Quarantine(policy: policy)
        super.init(id: id)
    }

    // Written out because Swift 6.3 warns of recursion in the stub it would make itself.
    @available(*, unavailable)
    package override init(id: String) { fatalError("use init(id:bus:policy:body:)") }

    var failures: Int { quarantine.failures }
    var isQuarantined: Bool { quarantine.isActive(clock) }

    override func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        // Any address: this handler prepares nothing.
        UnsafeRawPointer(bitPattern: 8)
    }

    override func consume(_ event: borrowing Event, plan: UnsafeRawPointer) {
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
