import AgentConfiguration
import Logging

/// A message as the common schemas of logs have it.
enum LogObject {
    /// Sources: Elastic Common Schema 8.11, ecs-logging specification: `@timestamp`, `log.level` and `message` come first.
    static func ecs(
        _ record: LogRecord, _ message: String, _ fields: [(key: String, value: String)]
    ) -> JSONObject {
        var object: JSONObject = [
            "@timestamp": .string(Timestamp.text(record.time)),
            "log.level": .string(record.level.rawValue), "message": .string(message),
            "ecs.version": "8.11.0", "log.logger": .string(record.category),
            "service.name": "agent", "service.version": .string(AgentVersion.text),
        ]
        var labels: JSONObject = [:]
        for (key, value) in fields {
            switch key {
            case "correlation_id":
                if isTraceID(value) { object["trace.id"] = .string(value) }
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

    /// Source: OpenTelemetry, Logs Data Model 1.x.
    static func otel(
        _ record: LogRecord, _ message: String, _ fields: [(key: String, value: String)]
    ) -> JSONObject {
        var object: JSONObject = [
            "Timestamp": .string("\(record.time)"),
            "SeverityText": .string(record.level.rawValue.uppercased()),
            "SeverityNumber": .integer(record.level.severityNumber), "Body": .string(message),
            "Resource": [
                "service.name": "agent", "service.version": .string(AgentVersion.text),
            ],
            "InstrumentationScope": ["Name": .string(record.category)],
        ]
        var attributes: JSONObject = [:]
        for (key, value) in fields {
            switch key {
            case "correlation_id":
                if isTraceID(value) { object["TraceId"] = .string(value) }
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

    /// Source: W3C Trace Context, trace-id.
    private static func isTraceID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.contains { $0 != "0" }
            && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}

extension Logger.Level {
    /// Source: OpenTelemetry, Logs Data Model, Field SeverityNumber.
    fileprivate var severityNumber: Int64 {
        switch self {
        case .trace: 1
        case .debug: 5
        case .info: 9
        case .notice: 10
        case .warning: 13
        case .error: 17
        case .critical: 21
        }
    }
}
