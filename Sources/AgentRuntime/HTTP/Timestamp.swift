import Glibc

/// Moments as JSON and people have them; in the agent they are nanoseconds since 1970.
///
/// Source: RFC 3339
enum Timestamp {
    /// `2026-01-31T12:00:05.250000Z`: UTC, to the microsecond unless fewer digits are asked for.
    static func text(_ nanoseconds: Int64, digits: Int = 6) -> String {
        var bytes: [UInt8] = []
        append(nanoseconds, digits: digits, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same straight as bytes.
    static func append(_ nanoseconds: Int64, digits: Int = 6, to bytes: inout [UInt8]) {
        // Not from the second that lies before it: near the end of the range its nanoseconds are no number any more.
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let microseconds = (rest < 0 ? rest + 1_000_000_000 : rest) / 1000
        var time = time_t(rest < 0 ? whole - 1 : whole)
        var parts = tm()
        gmtime_r(&time, &parts)
        append(Int(parts.tm_year) + 1900, 4, then: "-", to: &bytes)
        append(Int(parts.tm_mon) + 1, 2, then: "-", to: &bytes)
        append(Int(parts.tm_mday), 2, then: "T", to: &bytes)
        append(Int(parts.tm_hour), 2, then: ":", to: &bytes)
        append(Int(parts.tm_min), 2, then: ":", to: &bytes)
        append(Int(parts.tm_sec), 2, then: ".", to: &bytes)
        append(Int(microseconds), 6, then: "Z", to: &bytes)
        bytes.removeSubrange((bytes.count - 7 + digits)..<(bytes.count - 1))
    }

    /// A number with leading zeros, and the mark behind it.
    private static func append(
        _ number: Int, _ width: Int, then mark: Unicode.Scalar, to bytes: inout [UInt8]
    ) {
        var unit = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
        bytes.append(UInt8(ascii: mark))
    }

    /// A text of RFC 3339 in UTC as people read it in a table: `2026-01-31 12:00:00`.
    static func clock(_ text: String) -> String {
        String(text.prefix(19)).replacing("T", with: " ")
    }

    /// nil for what is no moment from 1970 to 2261.
    static func nanoseconds(of text: String) -> Int64? {
        var rest = Substring(text)
        guard let year = number(&rest, digits: 4, before: "-"),
            let month = number(&rest, digits: 2, before: "-"),
            let day = number(&rest, digits: 2, before: "Tt "),
            let hour = number(&rest, digits: 2, before: ":"),
            let minute = number(&rest, digits: 2, before: ":"),
            let second = number(&rest, digits: 2, before: nil),
            let fraction = fraction(&rest), let offset = offset(rest),
            (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day),
            hour < 24, minute < 60, second < 61
        else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        parts.tm_hour = hour
        parts.tm_min = minute
        parts.tm_sec = second
        let seconds = Int64(timegm(&parts))
        // timegm mends days that a month does not have.
        guard parts.tm_mon == month - 1 || second == 60 else { return nil }
        return (seconds - offset) * 1_000_000_000 + fraction
    }

    /// So many digits, and one of the marks behind them.
    private static func number(
        _ rest: inout Substring, digits: Int, before marks: String?
    ) -> Int32? {
        let text = rest.prefix(digits)
        guard text.utf8.count == digits, text.utf8.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        if let marks {
            guard let mark = rest.popFirst(), marks.contains(mark) else { return nil }
        }
        return Int32(text)
    }

    /// Nanoseconds, of as many digits as there are.
    private static func fraction(_ rest: inout Substring) -> Int64? {
        guard rest.first == "." else { return 0 }
        rest = rest.dropFirst()
        let digits = rest.prefix { $0.utf8.count == 1 && $0.utf8.allSatisfy(isDigit) }
        guard (1...18).contains(digits.utf8.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        let kept = digits.prefix(9)
        return Int64(kept + String(repeating: "0", count: 9 - kept.utf8.count))
    }

    /// Seconds east of UTC.
    private static func offset(_ zone: Substring) -> Int64? {
        if zone == "Z" || zone == "z" { return 0 }
        guard let sign = zone.first, sign == "+" || sign == "-" else { return nil }
        var rest = zone.dropFirst()
        guard let hours = number(&rest, digits: 2, before: ":"),
            let minutes = number(&rest, digits: 2, before: nil), rest.isEmpty, hours < 24,
            minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * Int64(hours * 3600 + minutes * 60)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
