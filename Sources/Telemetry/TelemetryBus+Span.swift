import Synchronization

extension TelemetryBus {
    /// Emits `<prefix>.start`, runs `body`, then emits `<prefix>.stop` with what it added, or
    /// `<prefix>.exception` where it threw, and rethrows. All three carry one `span_id`.
    ///
    /// start: `system_time`, `monotonic_time`. stop and exception: `duration` and `monotonic_time`, all in
    /// nanoseconds. Start metadata stands on all three; `body` may add to it through its `SpanResult`.
    public func span<Value, Failure: Error>(
        _ prefix: EventName, _ metadata: Metadata = [:],
        _ body: () throws(Failure) -> SpanResult<Value>
    ) throws(Failure) -> Value {
        let span = Span(self, prefix, metadata)
        do {
            return span.stop(try body())
        } catch {
            span.fail(error)
            throw error
        }
    }

    /// The same around asynchronous work. Cancellation is an exception of kind `CancellationError`.
    public func span<Value, Failure: Error>(
        _ prefix: EventName, _ metadata: Metadata = [:],
        _ body: () async throws(Failure) -> SpanResult<Value>
    ) async throws(Failure) -> Value {
        let span = Span(self, prefix, metadata)
        do {
            return span.stop(try await body())
        } catch {
            span.fail(error)
            throw error
        }
    }
}

/// What the body of a span gives back: its value, and what the stop event says beyond the duration.
public struct SpanResult<Value> {
    public var value: Value
    public var measurements: Measurements
    public var metadata: Metadata

    public init(_ value: Value, measurements: Measurements = [:], metadata: Metadata = [:]) {
        self.value = value
        self.measurements = measurements
        self.metadata = metadata
    }
}

extension SpanResult: Sendable where Value: Sendable {}

/// A span under way.
private struct Span {
    private static let numbers = Atomic<UInt64>(1)

    private let bus: TelemetryBus
    private let prefix: EventName
    private let metadata: Metadata
    private let identity: Metadata
    private let started: Int64

    init(_ bus: TelemetryBus, _ prefix: EventName, _ metadata: Metadata) {
        self.bus = bus
        self.prefix = prefix
        let number = Self.numbers.wrappingAdd(1, ordering: .relaxed).oldValue
        identity = ["span_id": .integer(Int64(truncatingIfNeeded: number))]
        self.metadata = metadata
        started = bus.clock.monotonic()
        bus.execute(
            prefix.appending("start"),
            ["system_time": .integer(bus.clock.system()), "monotonic_time": .integer(started)],
            metadata.merging(identity))
    }

    func stop<Value>(_ result: SpanResult<Value>) -> Value {
        let now = bus.clock.monotonic()
        var measurements = result.measurements
        measurements["duration"] = .integer(now - started)
        measurements["monotonic_time"] = .integer(now)
        bus.execute(
            prefix.appending("stop"), measurements,
            metadata.merging(result.metadata).merging(identity))
        return result.value
    }

    func fail(_ error: any Error) {
        let now = bus.clock.monotonic()
        bus.execute(
            prefix.appending("exception"),
            ["duration": .integer(now - started), "monotonic_time": .integer(now)],
            metadata.merging([
                "kind": .string("\(type(of: error))"), "reason": .string("\(error)"),
            ]).merging(identity))
    }
}

extension EventName {
    /// The name longer by `words`, one or several joined by dots. Where it gets longer than a name may be, its events
    /// reach nobody.
    package func appending(_ words: StaticString) -> EventName {
        EventName(unchecked: "\(description).\(words)")
    }
}
