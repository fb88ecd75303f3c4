import Glibc

/// The name of a run: a UUID of version 7, whose text sorts by the time it was made.
///
/// Source: RFC 9562, section 5.7.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 36 characters, lower case.
    package let text: String

    package var description: String { text }

    /// A new one, that nobody else has.
    package init() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = UInt64(time.tv_sec) &* 1000 &+ UInt64(time.tv_nsec / 1_000_000)
        var generator = SystemRandomNumberGenerator()
        // Within a millisecond the fraction of it goes first, so that ids made by one caller in turn stay in turn.
        let fraction = UInt64(time.tv_nsec % 1_000_000) &* 4096 / 1_000_000
        let high = milliseconds << 16 | 0x7000 | fraction
        let low = generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        text = Self.text(high, low)
    }

    /// - Returns: `nil` when it is not the text of a UUID.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        for (index, byte) in bytes.enumerated() {
            let isDash = [8, 13, 18, 23].contains(index)
            guard isDash ? byte == UInt8(ascii: "-") : Self.isHexadecimal(byte) else { return nil }
        }
        self.text = text.lowercased()
    }

    package static func < (left: RunID, right: RunID) -> Bool { left.text < right.text }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { bytes in
            var position = 0
            for digit in 0..<32 {
                if [8, 12, 16, 20].contains(digit) {
                    bytes[position] = UInt8(ascii: "-")
                    position += 1
                }
                let half = digit < 16 ? high : low
                let value = UInt8(half >> UInt64((15 - digit % 16) * 4) & 0xf)
                bytes[position] = value < 10 ? 48 + value : 87 + value
                position += 1
            }
            return position
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
