import AgentConfiguration
import Logging
import Redaction
import TestSupport
import Testing

@testable import AgentRuntime

/// Lines written straight as bytes, compared with the same values written by `JSONWriter`.
struct LogFormatTests {
    private struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private static let limit = 60

    private static func format(
        _ format: LogConfiguration.Format, _ fields: LogConfiguration.Fields = .ecs
    ) -> LogFormat {
        LogFormat(
            LogControl.Settings(
                configuration: LogConfiguration(
                    format: format, fields: fields, level: .trace, levels: [:], maxBytes: limit)))
    }

    @Test(arguments: [1, 20, 300, 4000] as [UInt64])
    func `a line is what the writer of JSON makes of the same values`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // One for all lines: what it knows of one must not show in another.
        var formats = [
            (LogConfiguration.Fields.ecs, Self.format(.json, .ecs)),
            (.otel, Self.format(.json, .otel)),
        ]
        for _ in 0..<400 {
            let record = Self.record(&random)
            for index in formats.indices {
                var bytes = Array("before\n".utf8)
                formats[index].1.append(record, to: &bytes)
                let object = Self.object(record, formats[index].0)
                let line = "before\n" + JSONWriter(.compact).write(.object(object)) + "\n"
                // As bytes: texts that differ can be equal.
                guard !bytes.elementsEqual(line.utf8) else { continue }
                Issue.record("seed \(seed): \(String(decoding: bytes, as: UTF8.self)) for \(line)")
                return
            }
        }
    }

    @Test(arguments: [1, 20, 300] as [UInt64])
    func `a line for people has the same words`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var format = Self.format(.human)
        for _ in 0..<400 {
            var record = Self.record(&random)
            // Of names that stand twice either may be first.
            record.error = nil
            var bytes: [UInt8] = []
            format.append(record, to: &bytes)
            let line = HumanLogHandler.line(
                record.time, record.level, Self.clean(record.message), Self.fields(record))
            guard !bytes.elementsEqual(line.utf8) else { continue }
            Issue.record("seed \(seed): \(String(decoding: bytes, as: UTF8.self)) for \(line)")
            return
        }
    }

    @Test(arguments: [LogConfiguration.Format.human, .json])
    func `names that nobody expects are not kept for ever`(form: LogConfiguration.Format) throws {
        var kept = Self.format(form)
        for number in 0..<3 * LogKeys.room {
            var record = LogRecord(time: 0, level: .info, category: "c", message: "m")
            record.metadata = ["key_\(number)": "v", "same": "w", "k.\(number % 7)": "x"]
            var (bytes, fresh): ([UInt8], [UInt8]) = ([], [])
            kept.append(record, to: &bytes)
            guard number % 500 == 0 else { continue }
            var new = Self.format(form)
            new.append(record, to: &fresh)
            #expect(bytes == fresh)
        }
    }

    @Test func `every character is escaped as the writer of JSON escapes it`() {
        for value in 0...0x10ffff as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(scalar)b"
            var bytes: [UInt8] = []
            bytes.appendJSON(quoted: text)
            guard !bytes.elementsEqual(JSONWriter().write(.string(text)).utf8) else { continue }
            Issue.record("U+\(String(value, radix: 16)): \(String(decoding: bytes, as: UTF8.self))")
            return
        }
    }

    // MARK: The same, the long way

    private static func object(
        _ record: LogRecord, _ schema: LogConfiguration.Fields
    ) -> JSONObject {
        var fields = Self.fields(record)
        if let error = record.error {
            fields.append((key: "error.message", value: clean("\(error)")))
            fields.append((key: "error.type", value: "\(type(of: error))"))
        }
        return switch schema {
        case .ecs: ecs(record, fields)
        case .otel: otel(record, fields)
        }
    }

    private static func fields(_ record: LogRecord) -> [(key: String, value: String)] {
        record.fields.map { key, value in
            (key: key, value: Redactor.standard.hides(key: key) ? Redactor.mark : clean(value))
        }
    }

    private static func clean(_ text: String) -> String {
        let text = Redactor.standard.text(text)
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + Redactor.cutMark
    }

    private static func ecs(
        _ record: LogRecord, _ fields: [(key: String, value: String)]
    ) -> JSONObject {
        var object: JSONObject = [
            "@timestamp": .string(Timestamp.text(record.time)),
            "log.level": .string(record.level.rawValue), "message": .string(clean(record.message)),
            "ecs.version": "8.11.0", "log.logger": .string(record.category),
            "service.name": "agent", "service.version": .string(AgentVersion.text),
        ]
        var labels: JSONObject = [:]
        for (key, value) in fields {
            switch key {
            case "correlation_id":
                if value == trace { object["trace.id"] = .string(value) }
                labels[key] = .string(value)
            case "error", "error.message": object["error.message"] = .string(value)
            case "error.type": object[key] = .string(value)
            case "stacktrace", "traceback", "stack_trace":
                object["error.stack_trace"] = .string(value)
            default: labels[key.replacing(".", with: "_")] = .string(value)
            }
        }
        if !labels.members.isEmpty { object["labels"] = .object(labels) }
        return object
    }

    private static func otel(
        _ record: LogRecord, _ fields: [(key: String, value: String)]
    ) -> JSONObject {
        let numbers: [Logger.Level: Int64] = [
            .trace: 1, .debug: 5, .info: 9, .notice: 10, .warning: 13, .error: 17, .critical: 21,
        ]
        var object: JSONObject = [
            "Timestamp": .string("\(record.time)"),
            "SeverityText": .string(record.level.rawValue.uppercased()),
            "SeverityNumber": .integer(numbers[record.level] ?? 0),
            "Body": .string(clean(record.message)),
            "Resource": [
                "service.name": "agent", "service.version": .string(AgentVersion.text),
            ],
            "InstrumentationScope": ["Name": .string(record.category)],
        ]
        var attributes: JSONObject = [:]
        for (key, value) in fields {
            switch key {
            case "correlation_id":
                if value == trace { object["TraceId"] = .string(value) }
                attributes[key] = .string(value)
            case "error", "error.message": attributes["exception.message"] = .string(value)
            case "error.type": attributes["exception.type"] = .string(value)
            case "stacktrace", "traceback", "stack_trace":
                attributes["exception.stacktrace"] = .string(value)
            default: attributes[key] = .string(value)
            }
        }
        if !attributes.members.isEmpty { object["Attributes"] = .object(attributes) }
        return object
    }

    // MARK: Records

    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    private static let keys = [
        "run_id", "a", "b", "a_b", "a.c", "a.b.c", "error", "error.message", "error.type",
        "error_x",
        "stacktrace", "traceback", "stack_trace", "exception.message", "exception.type", "message",
        "correlation_id", "password", "key \"quoted\"\n", "cl\u{e9}", "\u{1}", "",
        "a.\u{301}b", "long key " + String(repeating: "k", count: 40),
    ]

    private static let pieces = [
        "plain", " ", "\"", "\\", "\n", "\r\n", "\t", "\0", "\u{1f}", "\u{7f}", "\u{80}",
        "\u{2027}", "\u{2028}", "\u{2029}", "\u{202a}", "\u{e000}", "\u{ffff}", "\u{10ffff}",
        "e\u{301}", "\u{e9}", "\u{1f469}\u{200d}\u{1f4bb}", "password=hunter22", "/path/to",
        "https://u:hunter22@host/", "4111 1111 1111 1111", "caf\u{e9}",
        // What stands for half of a pair of surrogates.
        String(decoding: [0xed, 0xa0, 0x80] as [UInt8], as: UTF8.self),
        String(repeating: "x", count: 57), String(repeating: "\u{20ac}", count: 30),
    ]

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
    }

    private static func record(_ random: inout SeededGenerator) -> LogRecord {
        LogRecord(
            time: Int64.random(
                in: -1_000_000_000_000_000...9_000_000_000_000_000_000, using: &random),
            level: Logger.Level.allCases.randomElement(using: &random) ?? .info,
            category: text(&random), message: text(&random), context: metadata(&random),
            metadata: metadata(&random),
            error: Bool.random(using: &random) ? Fault(description: text(&random)) : nil)
    }

    private static func metadata(_ random: inout SeededGenerator) -> Logger.Metadata {
        var result: Logger.Metadata = [:]
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let key = keys.randomElement(using: &random) ?? ""
            result[key] =
                switch (key, Int.random(in: 0...4, using: &random)) {
                case ("correlation_id", 0...2): .string(trace)
                // Which of two fields of one name is first is left open: not "b" and "c".
                case (_, 0): .dictionary(["d": .string(text(&random)), "e": ["f": "g"]])
                case (_, 1): .array([.string(text(&random)), "second"])
                case (_, 2): .stringConvertible(Int.random(in: 0...99, using: &random))
                default: .string(text(&random))
                }
        }
        return result
    }
}
