import Synchronization

/// An event that was recorded: a copy that can be kept and compared.
public struct RecordedEvent: Sendable, Hashable {
    public let name: EventName
    public let measurements: Measurements
    /// Flattened: nested metadata by path.
    public let metadata: Metadata
    public let correlationID: String?
    public let timestamp: Int64?

    public init(_ event: borrowing Event) {
        name = event.name
        measurements = event.measurements
        metadata = event.metadata
        correlationID = event.correlationID
        timestamp = event.timestamp
    }
}

/// Records events for a test.
///
///     let recorder = try EventRecorder(bus, "net_auto.run.*")
///     …
///     #expect(recorder.events.count == 2)
public final class EventRecorder: Sendable {
    private static let numbers = Atomic<Int>(1)

    private let bus: TelemetryBus
    private let id: String
    private let recorded: Records

    /// Outlives the recorder where a call of the handler is still running.
    private final class Records: Sendable {
        let events = Mutex<[RecordedEvent]>([])
    }

    /// Starts recording.
    public init(_ bus: TelemetryBus, _ patterns: EventPattern...) throws(AttachError) {
        self.bus = bus
        id = "recorder-\(Self.numbers.wrappingAdd(1, ordering: .relaxed).oldValue)"
        let records = Records()
        recorded = records
        try bus.attach(id, to: patterns) { event in
            let copy = RecordedEvent(event)
            records.events.withLock { $0.append(copy) }
        }
    }

    deinit { bus.detach(id) }

    /// What has been recorded so far, in order of arrival.
    public var events: [RecordedEvent] { recorded.events.withLock { $0 } }

    /// Forgets what has been recorded.
    public func clear() { recorded.events.withLock { $0 = [] } }

    /// Waits until `count` events are there, or `timeout` has passed; answers what there is.
    public func wait(for count: Int, timeout: Duration = .seconds(10)) async -> [RecordedEvent] {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        while events.count < count, clock.now < deadline {
            try? await Task.sleep(for: .milliseconds(2))
        }
        return events
    }
}
