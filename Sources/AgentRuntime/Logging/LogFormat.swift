import AgentConfiguration
import Logging
import Redaction

/// Makes a line of a message: without secrets, and cut.
struct LogFormat: Sendable {
    private let settings: LogControl.Settings
    private let isJSON: Bool

    init(_ settings: LogControl.Settings, isTerminal: Bool = Terminal.isStandardError) {
        self.settings = settings
        isJSON =
            switch settings.configuration.format {
            case .auto: !isTerminal
            case .human: false
            case .json: true
            }
    }

    func line(_ record: LogRecord) -> String {
        let message = clean(record.message)
        var fields = record.fields.map { key, value in
            (key: key, value: settings.redactor.hides(key: key) ? Redactor.mark : clean(value))
        }
        if let error = record.error {
            fields.append((key: "error.message", value: clean("\(error)")))
            fields.append((key: "error.type", value: "\(type(of: error))"))
        }
        guard isJSON else {
            return HumanLogHandler.line(record.time, record.level, message, fields)
        }
        let object =
            switch settings.configuration.fields {
            case .ecs: LogObject.ecs(record, message, fields)
            case .otel: LogObject.otel(record, message, fields)
            }
        return JSONWriter(.compact).write(.object(object)) + "\n"
    }

    private func clean(_ text: String) -> String {
        let text = settings.redactor.text(text)
        let limit = settings.configuration.maxBytes
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + Redactor.cutMark
    }
}
