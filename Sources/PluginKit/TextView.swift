public import CAgentPlugin

/// Text of the host, seen in place. It is valid as long as what it came from; `String(…)` copies it.
public struct TextView: CustomStringConvertible {
    public let raw: agent_str

    @inlinable public init(_ raw: agent_str) {
        self.raw = raw
    }

    /// Absent, which is less than empty.
    @inlinable public var isAbsent: Bool { raw.data == nil }

    @inlinable public var isEmpty: Bool { raw.size == 0 }

    @inlinable public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: raw.data, count: raw.data == nil ? 0 : Int(raw.size))
    }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    @inlinable public static func == (text: TextView, literal: StaticString) -> Bool {
        let bytes = text.bytes
        guard bytes.count == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { bytes.elementsEqual($0) }
    }
}
