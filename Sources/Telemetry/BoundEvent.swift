import Synchronization

/// A prepared event with fixed metadata: the cheapest way to emit.
///
/// Safe to use from several threads at once.
public struct BoundEvent<let measurementCount: Int>: Sendable {
    private let core: BoundEventCore
    /// The same, to be called without counting a reference; `core` keeps it alive.
    @usableFromInline let call: Unmanaged<BoundEventCore>

    init(bus: TelemetryBus, shape: PreparedShape, metadata: [String]) {
        core = BoundEventCore(bus: bus, shape: shape, metadata: metadata)
        call = .passUnretained(core)
    }

    /// Emits the event in this thread. Allocates nothing.
    @inlinable
    public func emit(_ measurements: InlineArray<measurementCount, Measurement>) {
        let cells = InlineArray<measurementCount, MeasurementCell> {
            MeasurementCell(measurements[$0])
        }
        withUnsafePointer(to: cells) { first in
            call._withUnsafeGuaranteedRef {
                $0.emit(UnsafeRawPointer(first).assumingMemoryBound(to: MeasurementCell.self))
            }
        }
    }
}

/// What a bound event keeps, whatever the number of its measurements.
@usableFromInline
final class BoundEventCore: @unchecked Sendable {
    // Sendable: `resolution` is replaced atomically and freed after a grace period; the rest is constant.

    private let bus: TelemetryBus
    private let shape: PreparedShape
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let metadata: UnsafeMutableBufferPointer<MetadataText>
    private let resolution = Atomic<Resolution.Pointer?>(nil)
    private let resolving = Guarded(())

    init(bus: TelemetryBus, shape: PreparedShape, metadata values: [String]) {
        self.bus = bus
        self.shape = shape
        text = .allocate(capacity: max(1, values.reduce(0) { $0 + $1.utf8.count }))
        metadata = .allocate(capacity: max(1, values.count))
        var offset = 0
        for (index, value) in values.enumerated() {
            let start = text.baseAddress.unsafelyUnwrapped + offset
            for byte in value.utf8 {
                text[offset] = byte
                offset += 1
            }
            metadata.initializeElement(
                at: index, to: MetadataText(start: UnsafePointer(start), count: value.utf8.count))
        }
    }

    deinit {
        if let last = resolution.load(ordering: .acquiring) { Resolution.retire(last) }
        text.deallocate()
        metadata.deallocate()
    }

    /// `cells` are as many as the shape has measurement keys.
    @usableFromInline
    func emit(_ cells: UnsafePointer<MeasurementCell>) {
        ReadSection.run { _ in dispatch(cells) }
    }

    @inline(__always)
    private func dispatch(_ cells: UnsafePointer<MeasurementCell>) {
        let list = bus.consumers(of: shape.pointer)
        var current = resolution.load(ordering: .acquiring)
        if current == nil || current.unsafelyUnwrapped.pointee.list != list.pointee.number {
            current = resolve(list)
        }
        var frame = EventFrame(
            shape: shape.pointer, measurements: cells,
            metadata: UnsafePointer(metadata.baseAddress.unsafelyUnwrapped))
        withUnsafePointer(to: &frame) { frame in
            let bindings = current.unsafelyUnwrapped.pointee.bindings
            var index = 0
            for entry in list.pointee.entries {
                if let binding = bindings[index] {
                    entry.calls.consumeBound(entry.consumer, frame, entry.plan, binding)
                } else {
                    entry.calls.consume(entry.consumer, frame, entry.plan)
                }
                index &+= 1
            }
        }
    }

    /// Has every consumer resolve the metadata again, after handlers changed.
    @inline(never)
    private func resolve(_ list: DispatchList.Pointer) -> Resolution.Pointer {
        resolving.withLock { _ in
            let old = resolution.load(ordering: .acquiring)
            if let old, old.pointee.list == list.pointee.number { return old }
            let absent = [MeasurementCell](
                repeating: .absent, count: max(1, shape.pointer.pointee.measurementKeys.count))
            let new = absent.withUnsafeBufferPointer { absent in
                var frame = EventFrame(
                    shape: shape.pointer, measurements: absent.baseAddress.unsafelyUnwrapped,
                    metadata: UnsafePointer(metadata.baseAddress.unsafelyUnwrapped))
                return Resolution.make(list, &frame)
            }
            resolution.store(new, ordering: .releasing)
            if let old { Resolution.retire(old) }
            // Not what `resolution` holds by the time the lock is left: another thread may have seen another list.
            return new
        }
    }
}

/// What the consumers of one list made of a fixed set of metadata.
struct Resolution: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<Resolution>

    /// The number of the dispatch list it was made for.
    let list: UInt64
    let bindings: UnsafeMutableBufferPointer<UnsafeRawPointer?>
    private let consumers: [any EventConsumer]

    init(_ list: DispatchList.Pointer, _ frame: UnsafePointer<EventFrame>) {
        self.list = list.pointee.number
        consumers = list.pointee.consumers
        bindings = .allocate(capacity: max(1, consumers.count))
        for (index, entry) in list.pointee.entries.enumerated() {
            let binding = consumers[index].bind(Event(frame), plan: entry.plan)
            bindings.initializeElement(at: index, to: binding)
        }
    }

    deinit {
        for (index, consumer) in consumers.enumerated() {
            if let binding = bindings[index] { consumer.release(binding: binding) }
        }
        bindings.deallocate()
    }

    static func make(_ list: DispatchList.Pointer, _ frame: UnsafePointer<EventFrame>) -> Pointer {
        let pointer = Pointer.allocate(capacity: 1)
        pointer.initialize(to: Resolution(list, frame))
        return pointer
    }

    static func retire(_ pointer: Pointer) {
        let address = UInt(bitPattern: pointer)
        ReadSection.retire {
            let pointer = Pointer(bitPattern: address)
            pointer?.deinitialize(count: 1)
            pointer?.deallocate()
        }
    }
}
