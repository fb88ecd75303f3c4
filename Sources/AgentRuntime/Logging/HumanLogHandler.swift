import Logging
import Telemetry

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
        StandardError.write(
            Self.line(
                TelemetryClock.machine.system(), event.level, "\(event.message)",
                all.map { ($0.key, "\($0.value)") }))
    }

    /// `2026-01-31T12:00:05.250Z warning  what happened key=value other="with blanks"`
    ///
    /// - Parameter time: nanoseconds since 1970
    static func line(
        _ time: Int64, _ level: Logger.Level, _ message: String,
        _ fields: [(key: String, value: String)]
    ) -> String {
        var line = "\(Timestamp.text(time, digits: 3)) \(word(level)) \(oneLine(message))"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " \(oneLine(key))=\(quotedWhereNeeded(value))"
        }
        return line + "\n"
    }

    /// A level, with blanks up to the width of the longest.
    static func word(_ level: Logger.Level) -> StaticString {
        switch level {
        case .trace: "trace   "
        case .debug: "debug   "
        case .info: "info    "
        case .notice: "notice  "
        case .warning: "warning "
        case .error: "error   "
        case .critical: "critical"
        }
    }

    /// A value as it stands behind `key=`.
    static func quotedWhereNeeded(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy {
            $0 > " " && $0 != "\"" && $0 != "=" && !isControl($0)
        }
        guard !isPlain || value.isEmpty else { return value }
        return "\"\(oneLine(value).replacing("\"", with: "\\\""))\""
    }

    /// A message that could otherwise forge further lines, or move the cursor.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\t": "\\t"
            case _ where isControl(scalar): "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar < " " || scalar >= "\u{7F}" && scalar <= "\u{9F}"
    }
}
