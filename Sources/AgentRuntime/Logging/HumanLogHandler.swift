import Glibc
import Logging

/// Writes each message as one line for people: time, level, message, `key=value`.
struct HumanLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    init(level: Logger.Level = .info) { logLevel = level }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let own = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }
        let all = own.merging(event.metadata ?? [:]) { $1 }
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        StandardError.write(
            Self.line(clock, event.level, "\(event.message)", all.map { ($0.key, "\($0.value)") }))
    }

    /// `2026-01-31T12:00:05.250Z warning  what happened key=value other="with blanks"`
    static func line(
        _ time: timespec, _ level: Logger.Level, _ message: String,
        _ fields: [(key: String, value: String)]
    ) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = "\(1900 + parts.tm_year)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded($0) }
            .joined(separator: ":")
        let fraction = padded(Int32(time.tv_nsec / 1_000_000), 3)
        let word = level.rawValue + String(repeating: " ", count: 8 - level.rawValue.utf8.count)
        var line = "\(date)T\(clock).\(fraction)Z \(word) \(oneLine(message))"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(quotedWhereNeeded(value))"
        }
        return line + "\n"
    }

    private static func padded(_ number: Int32, _ width: Int = 2) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func quotedWhereNeeded(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy { $0 > " " && $0 != "\"" && $0 != "=" }
        guard !isPlain || value.isEmpty else { return value }
        return "\"\(oneLine(value).replacing("\"", with: "\\\""))\""
    }

    /// A message that could otherwise forge further lines, or move the cursor.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 < " " || $0 == "\u{7F}" }) else {
            return text
        }
        return text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\t": "\\t"
            case "\0"..<" ", "\u{7F}": "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }
}
