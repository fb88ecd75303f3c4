import Glibc
import Telemetry

/// Numbers from their digits, without a `String`.
enum NumberText {
    enum Integer {
        case value(UInt64)
        case notDigits
        case tooLarge
    }

    /// Reads `count` decimal digits. Eight bytes from every digit on must be readable.
    @inline(__always)
    static func digits(_ start: UnsafePointer<UInt8>, _ count: Int) -> Integer {
        guard count > 0 else { return .notDigits }
        guard count <= 19 else { return digitsOneByOne(start, count) }
        let raw = UnsafeRawPointer(start)
        // The odd digits first, so that full groups of eight follow.
        let head = ((count &- 1) & 7) &+ 1
        guard var value = group(raw, head) else { return .notDigits }
        var offset = head
        while offset < count {
            guard let next = group(raw + offset, 8) else { return .notDigits }
            value = value &* 100_000_000 &+ next
            offset &+= 8
        }
        return .value(value)
    }

    /// One to eight digits in one word. Source: Daniel Lemire, "Quickly parsing eight digits" (2018).
    @inline(__always)
    private static func group(_ start: UnsafeRawPointer, _ count: Int) -> UInt64? {
        var word = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
        word = (word &- 0x3030_3030_3030_3030) &<< UInt64(truncatingIfNeeded: (8 &- count) &* 8)
        guard (word | (word &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else {
            return nil
        }
        word = (word &* 10) &+ (word &>> 8)
        let low = (word & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
        let high = ((word &>> 16) & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001
        return (low &+ high) &>> 32
    }

    /// The same for any count, reading nothing beyond the digits.
    @inline(never)
    static func digitsOneByOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> Integer {
        var value: UInt64 = 0
        var overflowed = false
        for index in 0..<count {
            let digit = start[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return .notDigits }
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = product.addingReportingOverflow(UInt64(digit))
            overflowed = overflowed || over || more
            value = sum
        }
        return overflowed ? .tooLarge : .value(value)
    }

    /// A signed 64-bit integer of magnitude `value`.
    @inline(__always)
    static func signed(_ value: UInt64, negative: Bool) -> Int64? {
        if !negative { return Int64(exactly: value) }
        if value == 1 << 63 { return .min }
        return Int64(exactly: value).map { 0 &- $0 }
    }
}
