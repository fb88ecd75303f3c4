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

    func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        let message = clean(record.message)
        var fields = record.fields
        for index in fields.indices {
            let isHidden = settings.redactor.hides(key: fields[index].key)
            fields[index].value = isHidden ? Redactor.mark : clean(fields[index].value)
        }
        if let error = record.error {
            fields.append((key: "error.message", value: clean("\(error)")))
            fields.append((key: "error.type", value: "\(type(of: error))"))
        }
        guard isJSON else {
            bytes += HumanLogHandler.line(record.time, record.level, message, fields).utf8
            return
        }
        switch settings.configuration.fields {
        case .ecs: LogObject.appendECS(record, message, fields, to: &bytes)
        case .otel: LogObject.appendOTel(record, message, fields, to: &bytes)
        }
    }

    private func clean(_ text: String) -> String {
        let text = settings.redactor.text(text)
        let limit = settings.configuration.maxBytes
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + Redactor.cutMark
    }
}
