/// Moments as lines have them. Most lines are of the second of the line before: of that one all but the fraction is kept.
struct LogClock {
    private var second = Int64.min
    /// `2026-01-31T12:00:05.`
    private var start: [UInt8] = []
    private static let startBytes = 20

    /// - Parameters:
    ///   - time: nanoseconds since 1970
    ///   - digits: of the fraction, up to 6
    mutating func append(_ time: Int64, digits: Int, to bytes: inout [UInt8]) {
        let fraction = time % 1_000_000_000
        guard fraction >= 0 else { return Timestamp.append(time, digits: digits, to: &bytes) }
        if time / 1_000_000_000 != second {
            second = time / 1_000_000_000
            start.removeAll(keepingCapacity: true)
            Timestamp.append(time, digits: 1, to: &start)
            start.removeSubrange(Self.startBytes...)
        }
        bytes += start
        var unit: Int64 = 100_000_000
        for _ in 0..<digits {
            bytes.append(UInt8(ascii: "0") + UInt8(fraction / unit % 10))
            unit /= 10
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}
