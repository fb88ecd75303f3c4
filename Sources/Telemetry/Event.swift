/// An event as its handlers see it: a view that is valid until the handler returns.
///
/// Reading a key by name searches the event's few keys; copy what must live longer.
public struct Event: ~Copyable {
    package let frame: UnsafePointer<EventFrame>

    package init(_ frame: UnsafePointer<EventFrame>) { self.frame = frame }

    package var shape: EventShape.Pointer { frame.pointee.shape }

    public var name: EventName { shape.pointee.name }

    /// When it happened, nanoseconds since 1970, where the emitter said so.
    public var timestamp: Int64? {
        let timestamp = frame.pointee.timestamp
        return timestamp == EventFrame.noTimestamp ? nil : timestamp
    }

    /// What ties this event to the others of one piece of work: as the event says, else the task's.
    public var correlationID: String? {
        frame.pointee.correlation.string ?? Correlation.current
    }

    /// The measurement of this key, or nil where the event has none.
    public func measurement(_ key: String) -> Measurement? {
        guard let index = shape.pointee.measurementKeys.lastIndex(of: key) else { return nil }
        return frame.pointee.measurements[index].measurement
    }

    /// The metadata of this key (nested: `device.site`) as text, or nil where the event has none.
    public func metadata(_ key: String) -> String? {
        guard let index = shape.pointee.metadataKeys.lastIndex(of: key) else { return nil }
        return frame.pointee.metadata[index].string
    }

    /// A copy of all measurements.
    public var measurements: Measurements {
        var result = Measurements()
        for (index, key) in shape.pointee.measurementKeys.enumerated() {
            result[key] = frame.pointee.measurements[index].measurement
        }
        return result
    }

    /// A copy of all metadata, flattened.
    public var metadata: Metadata {
        var result = Metadata()
        for (index, key) in shape.pointee.metadataKeys.enumerated() {
            result[key] = frame.pointee.metadata[index].value
        }
        return result
    }
}

/// What an event consists of while it is dispatched. Lies on its emitter's stack.
package struct EventFrame {
    package var shape: EventShape.Pointer
    /// One cell for each of the shape's measurement keys.
    package var measurements: UnsafePointer<MeasurementCell>
    /// One text for each of the shape's metadata keys.
    package var metadata: UnsafePointer<MetadataText>
    package var correlation: MetadataText = .absent
    /// Nanoseconds since 1970; `noTimestamp` where the emitter did not say.
    package var timestamp = EventFrame.noTimestamp
    /// No event's time: line protocol ends two nanoseconds later.
    package static var noTimestamp: Int64 { .min }
    /// What the pipeline did with it; known after dispatch.
    package var fate = EventFate.delivered

    @inline(__always)
    package init(
        shape: EventShape.Pointer,
        measurements: UnsafePointer<MeasurementCell>,
        metadata: UnsafePointer<MetadataText>
    ) {
        self.shape = shape
        self.measurements = measurements
        self.metadata = metadata
    }
}

/// A measurement in a frame: 16 bytes, possibly absent.
///
/// Public so that its accessors are inlined into the fast paths of other modules; the same holds for
/// `MetadataText`, `ByteHash` and `ByteEquality`.
@frozen
public struct MeasurementCell: BitwiseCopyable, Sendable {
    @frozen
    public enum Kind: UInt8, BitwiseCopyable, Sendable { case absent, integer, real }

    public var bits: UInt64
    public var kind: Kind

    @inlinable
    public static var absent: MeasurementCell { MeasurementCell(bits: 0, kind: .absent) }

    @inlinable @inline(__always)
    public init(bits: UInt64, kind: Kind) {
        self.bits = bits
        self.kind = kind
    }

    @inlinable @inline(__always)
    public init(_ value: Int64) { self.init(bits: UInt64(bitPattern: value), kind: .integer) }

    @inlinable @inline(__always)
    public init(_ value: Double) { self.init(bits: value.bitPattern, kind: .real) }

    @inlinable @inline(__always)
    public init(_ measurement: Measurement) {
        switch measurement {
        case .integer(let value): self.init(value)
        case .real(let value): self.init(value)
        }
    }

    /// Whether it is an integer.
    @inlinable @inline(__always)
    public var isInteger: Bool { if case .integer = kind { true } else { false } }

    @inlinable @inline(__always)
    public var integer: Int64 { Int64(bitPattern: bits) }
    @inlinable @inline(__always)
    public var real: Double { Double(bitPattern: bits) }

    public var measurement: Measurement? {
        switch kind {
        case .absent: nil
        case .integer: .integer(integer)
        case .real: .real(real)
        }
    }
}

/// Metadata in a frame: a view of UTF-8 text that says what it was written as. 16 bytes.
@frozen
public struct MetadataText: BitwiseCopyable, @unchecked Sendable {
    public enum Kind: UInt8, BitwiseCopyable, Sendable { case absent, string, number, boolean }

    public var start: UnsafePointer<UInt8>?
    public var count: UInt32
    public var kind: Kind

    @inlinable
    public static var absent: MetadataText { MetadataText(start: nil, count: 0, kind: .absent) }

    @inlinable @inline(__always)
    public init(start: UnsafePointer<UInt8>?, count: Int, kind: Kind = .string) {
        self.start = start
        self.count = UInt32(truncatingIfNeeded: count)
        self.kind = kind
    }

    @inlinable @inline(__always)
    public var isAbsent: Bool { if case .absent = kind { true } else { false } }

    @inlinable
    public var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(count))
    }

    public var string: String? { isAbsent ? nil : String(decoding: bytes, as: UTF8.self) }

    public var value: MetadataValue? {
        guard let text = string else { return nil }
        switch kind {
        case .absent: return nil
        case .string: return .string(text)
        case .boolean: return .boolean(text == "true")
        case .number:
            if let integer = Int64(text) { return .integer(integer) }
            return Double(text).map { .real($0) } ?? .string(text)
        }
    }
}
