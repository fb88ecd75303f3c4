import AgentConfiguration
import Logging
import Redaction

/// How a line of the log is written.
enum LogForm: Sendable {
    case human, ecs, otel

    init(_ configuration: LogConfiguration, isTerminal: Bool = Terminal.isStandardError) {
        let isJSON =
            switch configuration.format {
            case .auto: !isTerminal
            case .human: false
            case .json: true
            }
        switch (isJSON, configuration.fields) {
        case (false, _): self = .human
        case (true, .ecs): self = .ecs
        case (true, .otel): self = .otel
        }
    }
}

/// Makes lines of messages: without secrets, and cut. What one line needed to be looked up, the next has at hand.
struct LogFormat {
    private let form: LogForm
    private let text: LogText
    private var keys: LogKeys
    private var fields = LogFields()
    /// The keys of events' fields; what they are of is kept, so that no other takes its place.
    private var ofEvents: [ObjectIdentifier: (fields: EventFields, keys: [LogKeys.Key])] = [:]
    /// Whenever handlers are attached anew, each of their events' fields come anew: of more than these nothing is kept.
    static let eventRoom = 512
    private var clock = LogClock()

    init(_ settings: LogControl.Settings) {
        text = LogText(settings)
        form = text.form
        keys = LogKeys(form, text.redactor)
    }

    mutating func append(_ record: LogRecord, to bytes: inout [UInt8]) {
        fields.removeAll()
        if keys.isFull || keptEvents >= Self.eventRoom {
            keys = LogKeys(form, text.redactor)
            ofEvents = [:]
        }
        if let event = record.onlyEvent { take(event) } else { take(record) }
        switch form {
        case .human: appendForPeople(record, to: &bytes)
        case .ecs: appendECS(record, to: &bytes)
        case .otel: appendOTel(record, to: &bytes)
        }
    }

    /// How many events' fields are known.
    var keptEvents: Int { ofEvents.count }

    // MARK: Fields

    private mutating func take(_ event: LoggedEvent) {
        let known = keys(of: event.fields)
        event.withFields { index, text in set(known[index], text) }
    }

    private mutating func keys(of event: EventFields) -> [LogKeys.Key] {
        let id = ObjectIdentifier(event)
        if let known = ofEvents[id] { return known.keys }
        let new = event.names.map { keys.key($0) }
        ofEvents[id] = (event, new)
        return new
    }

    private mutating func take(_ record: LogRecord) {
        var all = record.fields
        if let error = record.error {
            all.append((key: "error.message", value: "\(error)"))
            all.append((key: "error.type", value: "\(type(of: error))"))
            if form == .human { all.sort { $0.key < $1.key } }
        }
        for (name, value) in all {
            var value = value
            let key = keys.key(name)
            value.withUTF8 { set(key, $0) }
        }
    }

    private mutating func set(_ key: LogKeys.Key, _ value: UnsafeBufferPointer<UInt8>) {
        let text = text
        let written = fields.set(key, mayRepeat: keys.mayRepeat(key)) { bytes in
            if key.isHidden { text.appendMark(to: &bytes) } else { text.append(value, to: &bytes) }
        }
        // A trace's id needs no escaping.
        guard key.isCorrelation, TraceID.isOne(fields.values[written].dropFirst().dropLast()) else {
            return
        }
        let id = fields.values[written]
        _ = fields.set(keys.trace, mayRepeat: true) { $0 += id }
    }

    // MARK: Lines

    /// `2026-01-31T12:00:05.250Z warning  what happened key=value other="with blanks"`
    private mutating func appendForPeople(_ record: LogRecord, to bytes: inout [UInt8]) {
        clock.append(record.time, digits: 3, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes.appendJSON(HumanLogHandler.word(record.level))
        bytes.append(UInt8(ascii: " "))
        var message = record.message
        message.withUTF8 { message in
            text.withClean(message) { bytes.append(oneLine: $0) }
        }
        withMembers { name, value, _ in
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: name)
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: value)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Sources: Elastic Common Schema 8.11, ecs-logging specification: `@timestamp`, `log.level` and `message` come first.
    private mutating func appendECS(_ record: LogRecord, to bytes: inout [UInt8]) {
        bytes.appendJSON(#"{"@timestamp":""#)
        clock.append(record.time, digits: 6, to: &bytes)
        bytes.appendJSON(#"","log.level":"#)
        bytes.appendJSON(quoted: record.level.rawValue)
        bytes.appendJSON(#","message":"#)
        text.append(record.message, to: &bytes)
        bytes.appendJSON(#","ecs.version":"8.11.0","log.logger":"#)
        bytes.appendJSON(quoted: record.category)
        bytes.appendJSON(#","service.name":"agent","service.version":"#)
        bytes.appendJSON(quoted: AgentVersion.text)
        appendMembers(labels: #","labels":{"#, to: &bytes)
    }

    /// Source: OpenTelemetry, Logs Data Model 1.x.
    private mutating func appendOTel(_ record: LogRecord, to bytes: inout [UInt8]) {
        bytes.appendJSON(#"{"Timestamp":""#)
        bytes += "\(record.time)".utf8
        bytes.appendJSON(#"","SeverityText":"#)
        bytes.appendJSON(quoted: record.level.rawValue.uppercased())
        bytes.appendJSON(#","SeverityNumber":"#)
        bytes += "\(record.level.severityNumber)".utf8
        bytes.appendJSON(#","Body":"#)
        text.append(record.message, to: &bytes)
        bytes.appendJSON(#","Resource":{"service.name":"agent","service.version":"#)
        bytes.appendJSON(quoted: AgentVersion.text)
        bytes.appendJSON(#"},"InstrumentationScope":{"Name":"#)
        bytes.appendJSON(quoted: record.category)
        bytes.appendJSON("}")
        appendMembers(labels: #","Attributes":{"#, to: &bytes)
    }

    /// The members of the schema's own; the others in an object, where there are any; and the line's end.
    private func appendMembers(labels: StaticString, to bytes: inout [UInt8]) {
        withMembers { name, value, isOwn in
            guard isOwn else { return }
            bytes.appendJSON(",")
            bytes.append(contentsOf: name)
            bytes.append(contentsOf: value)
        }
        var opening = labels
        withMembers { name, value, isOwn in
            guard !isOwn else { return }
            bytes.appendJSON(opening)
            opening = ","
            bytes.append(contentsOf: name)
            bytes.append(contentsOf: value)
        }
        bytes.appendJSON(opening.utf8CodeUnitCount == 1 ? "}}\n" : "}\n")
    }

    private typealias Bytes = UnsafeBufferPointer<UInt8>

    /// Lends each member's name and value, and tells whether it is the schema's own.
    private func withMembers(_ body: (Bytes, Bytes, Bool) -> Void) {
        keys.bytes.withUnsafeBufferPointer { names in
            fields.values.withUnsafeBufferPointer { values in
                for member in fields.members {
                    body(
                        Bytes(rebasing: names[member.key.text]),
                        Bytes(rebasing: values[member.value]), member.key.isOwn)
                }
            }
        }
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
