/// What became of an emitted event.
package enum EmitOutcome: Sendable, Equatable {
    case applied
    /// The pipeline kept it from the handlers that want it.
    case dropped(EventFate)
    /// No handler wants events of this name.
    case unwanted
    case malformedName
    case tooManyKeys
    /// One of the tags stands twice.
    case duplicateTag
}

/// Puts an event together key by key and emits it: the way of decoders and of `execute`.
///
///     builder.begin(name); builder.metadata(key, text); builder.measurement(key, cell); builder.emit()
///
/// Keys and texts are views that must stay valid until `emit` returns. Belongs to one thread; allocates
/// nothing once the thread is warm. Order of cost: one comparison of name and keys with the shape the same
/// name had last time; only where they differ a hash and a look-up.
package struct EventBuilder: ~Copyable {
    package let bus: TelemetryBus
    private let scratch: EventScratch.Pointer
    private var name = MetadataText.absent
    private var predicted: EventShape.Pointer?
    private var memory = 0
    private var measurementCount = 0
    private var metadataCount = 0
    /// How many of the metadata are tags, which stand once each.
    private var tagCount = 0
    private var overflowed = false
    package var correlation = MetadataText.absent
    /// Nanoseconds since 1970.
    package var timestamp = EventFrame.noTimestamp

    package init(bus: TelemetryBus) {
        self.bus = bus
        scratch = EventScratch.take()
        scratch.pointee.belong(to: bus.number)
    }

    deinit { EventScratch.give(scratch) }

    /// Starts an event.
    @inline(__always)
    package mutating func begin(_ name: MetadataText) {
        self.name = name
        measurementCount = 0
        metadataCount = 0
        tagCount = 0
        overflowed = false
        correlation = .absent
        timestamp = EventFrame.noTimestamp
        scratch.pointee.clearText()
        memory = Self.memoryIndex(name)
        predicted = scratch.pointee.shapes[memory]
        if let shape = predicted, !Self.equal(shape.pointee.nameBytes, name) { predicted = nil }
    }

    @inline(__always)
    package mutating func measurement(_ key: MetadataText, _ value: MeasurementCell) {
        let index = measurementCount
        guard index < EventShape.maximumMeasurements else {
            overflowed = true
            return
        }
        if let shape = predicted {
            let keys = shape.pointee.measurementKeyBytes
            if index >= keys.count || !Self.equal(keys[index], key) { predicted = nil }
        }
        scratch.pointee.measurementKeys[index] = key
        scratch.pointee.measurements[index] = value
        measurementCount = index &+ 1
    }

    @inline(__always)
    package mutating func metadata(_ key: MetadataText, _ text: MetadataText) {
        let index = metadataCount
        guard index < EventShape.maximumMetadata else {
            overflowed = true
            return
        }
        if let shape = predicted {
            let keys = shape.pointee.metadataKeyBytes
            if index >= keys.count || !Self.equal(keys[index], key) { predicted = nil }
        }
        scratch.pointee.metadataKeys[index] = key
        scratch.pointee.metadata[index] = text
        metadataCount = index &+ 1
    }

    /// Says that the metadata so far are tags.
    @inline(__always)
    package mutating func endTags() { tagCount = metadataCount }

    /// Emits the event and says what became of it.
    @inline(__always)
    package mutating func emit() -> EmitOutcome {
        if let shape = predicted, !overflowed,
            shape.pointee.measurementKeyBytes.count == measurementCount,
            shape.pointee.metadataKeyBytes.count == metadataCount
        {
            return ReadSection.run { _ in dispatch(shape) }
        }
        return emitSlowly()
    }

    private func dispatch(_ shape: EventShape.Pointer) -> EmitOutcome {
        if shape.pointee.repeatsMetadata, repeatsTags() { return .duplicateTag }
        var frame = frame(shape)
        guard bus.dispatch(&frame) else { return .unwanted }
        return frame.fate == .delivered ? .applied : .dropped(frame.fate)
    }

    @inline(__always)
    private func frame(_ shape: EventShape.Pointer) -> EventFrame {
        var frame = EventFrame(
            shape: shape, measurements: scratch.pointee.measurements,
            metadata: scratch.pointee.metadata)
        frame.correlation = correlation
        frame.timestamp = timestamp
        return frame
    }

    @inline(never)
    private func repeatsTags() -> Bool {
        let keys = scratch.pointee.metadataKeys
        for index in 0..<tagCount {
            for other in 0..<index where Self.equal(keys[index], keys[other]) { return true }
        }
        return false
    }

    @inline(never)
    private mutating func emitSlowly() -> EmitOutcome {
        guard !overflowed else { return .tooManyKeys }
        // A control character could forge a marker. In a key it is replaced; a name is refused, never mangled.
        guard name.bytes.allSatisfy({ $0 >= 0x20 }) else { return .malformedName }
        let signature = makeSignature()
        return ReadSection.run { _ in
            switch bus.shape(signature) {
            case .shape(let shape):
                scratch.pointee.shapes[memory] = shape
                return dispatch(shape)
            case .unwanted: return .unwanted
            case .malformed: return .malformedName
            case .transient:
                return bus.withTransientShape(signature, orElse: .malformedName) { dispatch($0) }
            }
        }
    }

    private func makeSignature() -> UnsafeRawBufferPointer {
        var count = Int(name.count)
        for index in 0..<measurementCount {
            count += 1 + Int(scratch.pointee.measurementKeys[index].count)
        }
        for index in 0..<metadataCount {
            count += 1 + Int(scratch.pointee.metadataKeys[index].count)
        }
        let start = scratch.pointee.room(count)
        var target = start
        func append(_ text: MetadataText) {
            for byte in text.bytes {
                target.pointee = byte < 0x20 ? UInt8(ascii: "_") : byte
                target += 1
            }
        }
        append(name)
        for index in 0..<measurementCount {
            target.pointee = EventShape.measurementMarker
            target += 1
            append(scratch.pointee.measurementKeys[index])
        }
        for index in 0..<metadataCount {
            target.pointee = EventShape.metadataMarker
            target += 1
            append(scratch.pointee.metadataKeys[index])
        }
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Where the shape of a name is remembered: any cheap spread will do.
    @inline(__always)
    private static func memoryIndex(_ name: MetadataText) -> Int {
        guard let start = name.start, name.count > 0 else { return 0 }
        let count = Int(name.count)
        let last = Int(start[count &- 1]) &* 31
        let middle = Int(start[count &>> 1]) &* 7
        return (count &+ last &+ middle) & (EventScratch.rememberedShapes - 1)
    }

    @inline(__always)
    private static func equal(_ a: MetadataText, _ b: MetadataText) -> Bool {
        guard a.count == b.count, let x = a.start, let y = b.start else {
            return a.count == b.count
        }
        return ByteEquality.equal(x, y, Int(a.count))
    }
}

// MARK: From strings

extension EventBuilder {
    /// Starts an event from strings: texts are copied into the thread's memory.
    @inline(__always)
    mutating func begin(text: String) {
        // `begin` empties the text memory, so the name goes in after it has been looked at in place.
        var text = text
        text.withUTF8 { utf8 in
            begin(MetadataText(start: utf8.baseAddress, count: utf8.count))
        }
        name = scratch.pointee.copy(text)
    }

    @inline(__always)
    mutating func measurement(_ key: String, _ value: MeasurementCell) {
        measurement(scratch.pointee.copy(key), value)
    }

    @inline(__always)
    mutating func metadata(_ key: String, _ value: MetadataValue) {
        let key = scratch.pointee.copy(key)
        switch value {
        case .string(let text): metadata(key, scratch.pointee.copy(text))
        case .integer(let number): metadata(key, scratch.pointee.copy("\(number)", kind: .number))
        case .real(let number): metadata(key, scratch.pointee.copy("\(number)", kind: .number))
        case .boolean(let truth):
            metadata(key, scratch.pointee.copy(truth ? "true" : "false", kind: .boolean))
        case .null, .object, .array: metadata(key, .absent)
        }
    }

    mutating func correlation(text: String) { correlation = scratch.pointee.copy(text) }
}
