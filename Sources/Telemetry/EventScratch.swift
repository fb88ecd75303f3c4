import CPlatform
import Glibc

/// Memory in which one thread puts an event together; reused from event to event.
///
/// It also remembers the last shapes, so that an emitter that repeats itself finds its shape by comparing
/// keys as they come, without hashing them (an inline cache).
struct EventScratch: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<EventScratch>

    static var rememberedShapes: Int { 64 }
    private static let firstTextCapacity = 4096

    let measurements: UnsafeMutablePointer<MeasurementCell>
    let measurementKeys: UnsafeMutablePointer<MetadataText>
    let metadata: UnsafeMutablePointer<MetadataText>
    let metadataKeys: UnsafeMutablePointer<MetadataText>
    let shapes: UnsafeMutablePointer<EventShape.Pointer?>
    /// The bus whose shapes are remembered.
    var bus: UInt64 = 0

    private var text: UnsafeMutablePointer<UInt8>
    private var textCapacity: Int
    var textCount = 0
    /// Full text buffers that the event in the making still points to.
    var fullTexts: [UnsafeMutablePointer<UInt8>] = []

    init() {
        measurements = .allocate(capacity: EventShape.maximumMeasurements)
        measurementKeys = .allocate(capacity: EventShape.maximumMeasurements)
        metadata = .allocate(capacity: EventShape.maximumMetadata)
        metadataKeys = .allocate(capacity: EventShape.maximumMetadata)
        shapes = .allocate(capacity: Self.rememberedShapes)
        shapes.initialize(repeating: nil, count: Self.rememberedShapes)
        textCapacity = Self.firstTextCapacity
        text = .allocate(capacity: textCapacity)
    }

    deinit {
        measurements.deallocate()
        measurementKeys.deallocate()
        metadata.deallocate()
        metadataKeys.deallocate()
        shapes.deallocate()
        text.deallocate()
        for buffer in fullTexts { buffer.deallocate() }
    }

    /// Forgets shapes of another bus.
    mutating func belong(to bus: UInt64) {
        guard self.bus != bus else { return }
        self.bus = bus
        shapes.update(repeating: nil, count: Self.rememberedShapes)
    }

    /// Empties the text memory; earlier texts are gone.
    @inline(__always)
    mutating func clearText() {
        textCount = 0
        if !fullTexts.isEmpty { dropFullTexts() }
    }

    mutating func dropFullTexts() {
        for buffer in fullTexts { buffer.deallocate() }
        fullTexts = []
    }

    /// Room for `count` bytes that stays where it is until `clearText`.
    @inline(__always)
    mutating func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > textCapacity &- textCount { grow(count) }
        defer { textCount &+= count }
        return text + textCount
    }

    @inline(never)
    private mutating func grow(_ count: Int) {
        fullTexts.append(text)
        textCapacity = max(textCapacity, count)
        text = .allocate(capacity: textCapacity)
        textCount = 0
    }

    /// Copies a string's UTF-8 into the text memory.
    @inline(__always)
    mutating func copy(_ string: String, kind: MetadataText.Kind = .string) -> MetadataText {
        // Not `withUTF8`, which wants a copy of the string and with it a reference counted twice.
        let text = string.utf8.withContiguousStorageIfAvailable { utf8 in
            let target = room(utf8.count)
            if let source = utf8.baseAddress { memcpy(target, source, utf8.count) }
            return MetadataText(start: target, count: utf8.count, kind: kind)
        }
        return text ?? copySlowly(string, kind: kind)
    }

    /// A string that does not keep its UTF-8 in one piece.
    @inline(never)
    private mutating func copySlowly(_ string: String, kind: MetadataText.Kind) -> MetadataText {
        copy(String(decoding: Array(string.utf8), as: UTF8.self), kind: kind)
    }

    // MARK: The thread's own

    /// Takes the calling thread's scratch, or a new one while it is in use further up the stack.
    @inline(__always)
    static func take() -> Pointer {
        let slot = platform_thread_slot_get()!
        if let own = slot.pointee.scratch {
            slot.pointee.scratch = nil
            return own.assumingMemoryBound(to: EventScratch.self)
        }
        let new = Pointer.allocate(capacity: 1)
        new.initialize(to: EventScratch())
        return new
    }

    /// Gives it back.
    @inline(__always)
    static func give(_ scratch: Pointer) {
        let slot = platform_thread_slot_get()!
        if slot.pointee.scratch == nil {
            slot.pointee.scratch = UnsafeMutableRawPointer(scratch)
        } else {
            scratch.deinitialize(count: 1)
            scratch.deallocate()
        }
    }
}
