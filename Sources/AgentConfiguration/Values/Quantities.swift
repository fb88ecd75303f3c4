/// A whole number followed by a unit: how durations and sizes are written.
private func split(_ text: String) -> (amount: Int64, unit: Substring)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let amount = Int64(digits) else { return nil }
    return (amount, text[digits.endIndex...])
}

extension Duration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]

    /// Reads `250ms`, `30s`, `5m`, `1h`, `7d`; `nil` for anything else or more than 292 years.
    package init?(configurationText text: String) {
        guard let (amount, unit) = split(text),
            let scale = Self.units.first(where: { $0.name == unit })
        else { return nil }
        let (nanoseconds, overflow) = amount.multipliedReportingOverflow(by: scale.nanoseconds)
        guard !overflow else { return nil }
        self = .nanoseconds(nanoseconds)
    }

    /// In the largest unit that shows it exactly, to nanoseconds.
    package var configurationText: String {
        let (seconds, attoseconds) = components
        let nanoseconds = seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        let unit = Self.units.first { nanoseconds % $0.nanoseconds == 0 } ?? ("ns", 1)
        return nanoseconds == 0 ? "0s" : "\(nanoseconds / unit.nanoseconds)\(unit.name)"
    }
}

/// A size in bytes: `65536`, or `"4MiB"`.
enum ByteSize {
    private static let units: [(name: String, bytes: Int64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("B", 1),
    ]

    static func parse(_ text: String) -> Int? {
        guard let (amount, unit) = split(text),
            let scale = units.first(where: { $0.name == unit })
        else { return nil }
        let (bytes, overflow) = amount.multipliedReportingOverflow(by: scale.bytes)
        return overflow ? nil : Int(exactly: bytes)
    }

    static func text(_ bytes: Int) -> String {
        let binary = units.prefix(3).first { bytes > 0 && Int64(bytes) % $0.bytes == 0 }
        return binary.map { "\(Int64(bytes) / $0.bytes)\($0.name)" } ?? "\(bytes)"
    }
}
