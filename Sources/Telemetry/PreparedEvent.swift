public import Synchronization

/// An event whose name and keys are known beforehand: emitting it allocates nothing.
///
///     let stop = PreparedEvent(
///         bus, "net_auto.runner.stop", measurements: ["duration", "bytes"],
///         metadata: ["run_id", "device_id", "protocol", "site"])
///     stop.emit([.integer(duration), .integer(bytes)], [run, device, "ssh", site])
///
/// Values stand in the order of the keys; a wrong number of them does not compile.
public struct PreparedEvent<let measurementCount: Int, let metadataCount: Int>: Sendable {
    private let core: PreparedEventCore
    /// The same, to be called without counting a reference; `core` keeps it alive.
    @usableFromInline let call: Unmanaged<PreparedEventCore>
    @usableFromInline let isWanted: WantedFlag

    /// Makes the event known to `bus`, which it keeps. At most 64 measurements and 128 metadata keys; more are a
    /// programming mistake and stop the program.
    public init(
        _ bus: TelemetryBus, _ name: EventName,
        measurements: InlineArray<measurementCount, String>,
        metadata: InlineArray<metadataCount, String>
    ) {
        precondition(
            measurementCount <= EventShape.maximumMeasurements
                && metadataCount <= EventShape.maximumMetadata,
            "\"\(name)\" has more keys than an event may have")
        let signature = ShapeSignature(
            name: name,
            measurements: measurements.indices.map { measurements[$0] },
            metadata: metadata.indices.map { metadata[$0] })
        let shape = PreparedShape(bus.preparedShape(signature))
        core = PreparedEventCore(bus: bus, shape: shape)
        call = .passUnretained(core)
        isWanted = WantedFlag(shape.pointer.pointee.isWanted)
    }

    /// Emits the event in this thread. Where no handler wants it, the values are not even made.
    @inlinable
    public func emit(
        _ measurements: @autoclosure () -> InlineArray<measurementCount, Measurement>,
        _ metadata: @autoclosure () -> InlineArray<metadataCount, String>
    ) {
        guard isWanted.value else { return }
        let measurements = measurements()
        let cells = InlineArray<measurementCount, MeasurementCell> {
            MeasurementCell(measurements[$0])
        }
        withUnsafePointer(to: cells) { cells in
            withUnsafePointer(to: metadata()) { metadata in
                call._withUnsafeGuaranteedRef {
                    $0.send(
                        UnsafeRawPointer(cells).assumingMemoryBound(to: MeasurementCell.self),
                        UnsafeRawPointer(metadata).assumingMemoryBound(to: String.self),
                        metadataCount)
                }
            }
        }
    }

    /// Fixes the metadata, so that only measurements are given from event to event and handlers that can
    /// resolve theirs (series, above all) do so once. Keep it as long as it is of use.
    public func bind(_ metadata: InlineArray<metadataCount, String>) -> BoundEvent<measurementCount>
    {
        BoundEvent(
            bus: core.bus, shape: core.shape, metadata: metadata.indices.map { metadata[$0] })
    }
}

/// A view of a shape's `isWanted`.
///
/// `@unchecked Sendable`: an atomic that lives as long as the bus.
@usableFromInline
struct WantedFlag: @unchecked Sendable {
    @usableFromInline let pointer: UnsafeMutablePointer<Atomic<Bool>>

    init(_ pointer: UnsafeMutablePointer<Atomic<Bool>>) { self.pointer = pointer }

    @inlinable @inline(__always)
    var value: Bool { pointer.pointee.load(ordering: .relaxed) }
}

/// What a prepared event keeps, whatever the number of its keys.
@usableFromInline
final class PreparedEventCore: Sendable {
    let bus: TelemetryBus
    let shape: PreparedShape

    init(bus: TelemetryBus, shape: PreparedShape) {
        self.bus = bus
        self.shape = shape
    }

    @usableFromInline
    func send(
        _ cells: UnsafePointer<MeasurementCell>,
        _ metadata: UnsafePointer<String>, _ metadataCount: Int
    ) {
        let scratch = EventScratch.take()
        defer { EventScratch.give(scratch) }
        scratch.pointee.clearText()
        for index in 0..<metadataCount {
            scratch.pointee.metadata[index] = scratch.pointee.copy(metadata[index])
        }
        var frame = EventFrame(
            shape: shape.pointer, measurements: cells, metadata: scratch.pointee.metadata)
        ReadSection.run { _ in _ = bus.dispatch(&frame) }
    }
}

/// A shape that was made for an emitter.
///
/// `@unchecked Sendable`: shapes are immutable but for their atomic list, and live as long as their bus.
struct PreparedShape: @unchecked Sendable {
    let pointer: EventShape.Pointer

    init(_ pointer: EventShape.Pointer) { self.pointer = pointer }
}
