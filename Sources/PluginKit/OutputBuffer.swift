/// Bytes being written: grows when it must, keeps its room when it is emptied. For text rendered at speed.
///
/// Appending does not allocate while there is room: reserve once, write, flush, empty.
public struct OutputBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline var length = 0

    public init(capacity: Int = 4_096) {
        self.capacity = max(capacity, 64)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        base.deallocate()
    }

    @inlinable public var count: Int { length }

    /// What was written. Valid until the buffer changes.
    @inlinable public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: length)
    }

    /// The bytes as text.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    @inlinable public mutating func removeAll() {
        length = 0
    }

    /// Makes room for `extra` more bytes.
    @inlinable public mutating func reserve(_ extra: Int) {
        if capacity &- length < extra { grow(extra) }
    }

    @inlinable public mutating func append(_ byte: UInt8) {
        reserve(1)
        base.storeBytes(of: byte, toByteOffset: length, as: UInt8.self)
        length &+= 1
    }

    @inlinable public mutating func append(_ other: UnsafeRawBufferPointer) {
        guard let start = other.baseAddress else { return }
        reserve(other.count)
        (base + length).copyMemory(from: start, byteCount: other.count)
        length &+= other.count
    }

    @inlinable public mutating func append(_ text: TextView) {
        append(text.bytes)
    }

    @inlinable public mutating func append(_ literal: StaticString) {
        append(
            UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    public mutating func append(_ string: String) {
        var string = string
        string.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    @usableFromInline mutating func grow(_ extra: Int) {
        capacity = max(capacity * 2, length + extra)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: base, byteCount: length)
        base.deallocate()
        base = larger
    }

    /// Counts bytes that were stored at the end, within what was reserved.
    @inlinable mutating func advance(_ written: Int) {
        length &+= written
    }
}
