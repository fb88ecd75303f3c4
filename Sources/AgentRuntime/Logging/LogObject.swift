import Logging

/// A message as the common schemas of logs have it.
enum LogObject {
    typealias Fields = [(key: String, value: String)]

    /// Sources: Elastic Common Schema 8.11, ecs-logging specification: `@timestamp`, `log.level` and `message` come first.
    static func appendECS(
        _ record: LogRecord, _ message: String, _ fields: Fields, to bytes: inout [UInt8]
    ) {
        bytes.appendJSON(#"{"@timestamp":""#)
        Timestamp.append(record.time, to: &bytes)
        bytes.appendJSON(#"","log.level":"#)
        bytes.appendJSON(quoted: record.level.rawValue)
        bytes.appendJSON(#","message":"#)
        bytes.appendJSON(quoted: message)
        bytes.appendJSON(#","ecs.version":"8.11.0","log.logger":"#)
        bytes.appendJSON(quoted: record.category)
        bytes.appendJSON(#","service.name":"agent","service.version":"#)
        bytes.appendJSON(quoted: AgentVersion.text)
        var own = LogMembers()
        var labels = LogMembers(room: fields.count)
        for (key, value) in fields {
            switch Meaning(key) {
            case .correlation:
                if isTraceID(value) { own.set("trace.id", value) }
                labels.set(key, value)
            case .errorMessage: own.set("error.message", value)
            case .errorType: own.set("error.type", value)
            case .stackTrace: own.set("error.stack_trace", value)
            case .other: labels.set(label(key), value)
            }
        }
        for (key, value) in own.all {
            bytes.appendJSON(",")
            bytes.appendJSON(key: key, value)
        }
        append(labels, as: #","labels":{"#, to: &bytes)
    }

    /// Source: OpenTelemetry, Logs Data Model 1.x.
    static func appendOTel(
        _ record: LogRecord, _ message: String, _ fields: Fields, to bytes: inout [UInt8]
    ) {
        bytes.appendJSON(#"{"Timestamp":""#)
        bytes += "\(record.time)".utf8
        bytes.appendJSON(#"","SeverityText":"#)
        bytes.appendJSON(quoted: record.level.rawValue.uppercased())
        bytes.appendJSON(#","SeverityNumber":"#)
        bytes += "\(record.level.severityNumber)".utf8
        bytes.appendJSON(#","Body":"#)
        bytes.appendJSON(quoted: message)
        bytes.appendJSON(#","Resource":{"service.name":"agent","service.version":"#)
        bytes.appendJSON(quoted: AgentVersion.text)
        bytes.appendJSON(#"},"InstrumentationScope":{"Name":"#)
        bytes.appendJSON(quoted: record.category)
        bytes.appendJSON("}")
        var trace: String?
        var attributes = LogMembers(room: fields.count)
        for (key, value) in fields {
            switch Meaning(key) {
            case .correlation:
                if isTraceID(value) { trace = value }
                attributes.set(key, value)
            case .errorMessage: attributes.set("exception.message", value)
            case .errorType: attributes.set("exception.type", value)
            case .stackTrace: attributes.set("exception.stacktrace", value)
            case .other: attributes.set(key, value)
            }
        }
        if let trace {
            bytes.appendJSON(",")
            bytes.appendJSON(key: "TraceId", trace)
        }
        append(attributes, as: #","Attributes":{"#, to: &bytes)
    }

    /// A dot in a label's name would make an object of it.
    private static func label(_ key: String) -> String {
        key.utf8.contains { $0 == UInt8(ascii: ".") } ? key.replacing(".", with: "_") : key
    }

    /// The last member of a line: an object, where it has any members; and the line's end.
    private static func append(
        _ members: LogMembers, as opening: StaticString, to bytes: inout [UInt8]
    ) {
        for (index, member) in members.all.enumerated() {
            bytes.appendJSON(index == 0 ? opening : ",")
            bytes.appendJSON(key: member.key, member.value)
        }
        bytes.appendJSON(members.all.isEmpty ? "}\n" : "}}\n")
    }

    /// Source: W3C Trace Context, trace-id.
    private static func isTraceID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.contains { $0 != "0" }
            && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}

/// Fields that the schemas have names of their own for.
private enum Meaning {
    case correlation, errorMessage, errorType, stackTrace, other

    init(_ key: String) {
        switch key.utf8.first {
        // The first letter tells of most that they are none of these.
        case UInt8(ascii: "c"), UInt8(ascii: "e"), UInt8(ascii: "s"), UInt8(ascii: "t"):
            switch key {
            case "correlation_id": self = .correlation
            case "error", "error.message": self = .errorMessage
            case "error.type": self = .errorType
            case "stacktrace", "traceback", "stack_trace": self = .stackTrace
            default: self = .other
            }
        default: self = .other
        }
    }
}

/// The members of an object: a key that is set again keeps its place and takes the new value.
private struct LogMembers {
    private(set) var all: LogObject.Fields = []
    /// As long as each key is greater than the one before, none of them needs to be looked for.
    private var isAscending = true

    init(room: Int = 0) { all.reserveCapacity(room) }

    mutating func set(_ key: String, _ value: String) {
        if let last = all.last, !isAscending || last.key >= key {
            if let index = all.firstIndex(where: { $0.key == key }) {
                all[index].value = value
                return
            }
            isAscending = false
        }
        all.append((key, value))
    }
}

extension Logger.Level {
    /// Source: OpenTelemetry, Logs Data Model, Field SeverityNumber.
    fileprivate var severityNumber: Int {
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
