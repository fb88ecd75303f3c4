import Synchronization

/// An event whose name and keys are known beforehand: emitting it allocates nothing.
///
///     let stop = PreparedEvent(
///         bus, "net_auto.runner.stop", measurements: ["duration", "bytes"],
///         metadata: ["run_id", "device_id", "protocol", "site"])
///     stop.emit([.integer(duration), .integer(bytes)], [run, device, "ssh", site])
///
/// Values stand in the order of the keys; a wrong number of them does not compile.
public struct PreparedEvent<let measurementCount: Int, let metadataCount: Int>: Sendable {
    let bus: TelemetryBus
    let shape: PreparedShape

    /// Makes the event known to `bus`; it may be emitted as long as the bus lives.
    public init(
        _ bus: TelemetryBus, _ name: EventName,
        measurements: InlineArray<measurementCount, String>,
        metadata: InlineArray<metadataCount, String>
    ) {
        self.bus = bus
        let signature = ShapeSignature(
            name: name,
            measurements: measurements.indices.map { measurements[$0] },
            metadata: metadata.indices.map { metadata[$0] })
        shape = PreparedShape(bus.preparedShape(signature))
    }

    /// Emits the event in this thread. Without handlers it costs a few nanoseconds.
    @inlinable
    public func emit(
        _ measurements: InlineArray<measurementCount, Measurement>,
        _ metadata: InlineArray<metadataCount, String>
    ) {
        guard isWanted else { return }
        send(measurements, metadata)
    }

    /// Whether any handler gets this event now.
    @usableFromInline
    var isWanted: Bool {
        shape.pointer.pointee.dispatch.load(ordering: .relaxed) != DispatchList.nobody
    }

    @usableFromInline
    func send(
        _ measurements: InlineArray<measurementCount, Measurement>,
        _ metadata: InlineArray<metadataCount, String>
    ) {
        let scratch = EventScratch.take()
        defer { EventScratch.give(scratch) }
        scratch.pointee.clearText()
        for index in 0..<measurementCount {
            scratch.pointee.measurements[index] = MeasurementCell(measurements[index])
        }
        for index in 0..<metadataCount {
            scratch.pointee.metadata[index] = scratch.pointee.copy(metadata[index])
        }
        var frame = EventFrame(
            shape: shape.pointer, measurements: scratch.pointee.measurements,
            metadata: scratch.pointee.metadata)
        ReadSection.run { _ in _ = bus.dispatch(&frame) }
    }

    /// Fixes the metadata, so that only measurements are given from event to event and handlers that can
    /// resolve theirs (series, above all) do so once. Keep it as long as it is of use.
    public func bind(_ metadata: InlineArray<metadataCount, String>) -> BoundEvent<measurementCount>
    {
        BoundEvent(bus: bus, shape: shape, metadata: metadata.indices.map { metadata[$0] })
    }
}

/// A shape that was made for an emitter.
///
/// `@unchecked Sendable`: shapes are immutable but for their atomic list, and live as long as their bus.
struct PreparedShape: @unchecked Sendable {
    let pointer: EventShape.Pointer

    init(_ pointer: EventShape.Pointer) { self.pointer = pointer }
}
