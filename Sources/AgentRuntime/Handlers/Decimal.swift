/// Integers as digits, straight as bytes.
enum Decimal {
    /// How many bytes any of these needs.
    static let room = 24

    /// `-17`
    ///
    /// - Parameter room: at least ``room`` bytes, of which a part is returned
    static func write(
        _ number: Int64, into room: UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        var start = room.count
        write(number.magnitude, atLeast: 1, before: &start, in: room)
        if number < 0 { put(UInt8(ascii: "-"), before: &start, in: room) }
        return UnsafeBufferPointer(rebasing: room[start...])
    }

    /// Nanoseconds as seconds, to the microsecond: `1.204113`.
    static func writeSeconds(
        of nanoseconds: Int64, into room: UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        let microseconds = nanoseconds.magnitude / 1000
        var start = room.count
        write(microseconds % 1_000_000, atLeast: 6, before: &start, in: room)
        put(UInt8(ascii: "."), before: &start, in: room)
        write(microseconds / 1_000_000, atLeast: 1, before: &start, in: room)
        if nanoseconds < 0 { put(UInt8(ascii: "-"), before: &start, in: room) }
        return UnsafeBufferPointer(rebasing: room[start...])
    }

    private static func write(
        _ number: UInt64, atLeast digits: Int, before start: inout Int,
        in room: UnsafeMutableBufferPointer<UInt8>
    ) {
        var rest = number
        var written = 0
        while rest > 0 || written < digits {
            put(UInt8(ascii: "0") + UInt8(rest % 10), before: &start, in: room)
            rest /= 10
            written += 1
        }
    }

    private static func put(
        _ byte: UInt8, before start: inout Int, in room: UnsafeMutableBufferPointer<UInt8>
    ) {
        start -= 1
        room[start] = byte
    }
}
