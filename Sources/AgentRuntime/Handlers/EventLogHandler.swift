import Logging
import Telemetry

/// Writes a line of the log for each event that is grave enough.
final class EventLogHandler: EventWatcher {
    private let category: String
    private let messages: any EventMessages
    private let log: StructuredLog
    private let gate: LevelGate
    /// Knows more of runs than their events say.
    private let runs: RunContexts?

    init(
        _ category: String, _ messages: any EventMessages, gate: LevelGate, log: StructuredLog,
        runs: RunContexts? = nil
    ) {
        self.category = category
        self.messages = messages
        self.gate = gate
        self.log = log
        self.runs = runs
    }

    func sink(for keys: EventKeys) -> (any EventSink)? {
        messages.telling(of: keys).map {
            EventLogger(category, keys, $0, gate: gate, log: log, runs: runs)
        }
    }
}

/// Writes them for events of the same names and keys, for which everything is prepared here.
///
/// In the emitter's thread an event is weighed, and copied where it is to be told of; the rest is done in the log's own.
private final class EventLogger: EventSink, EventDescriber {
    private let category: String
    private let telling: EventTelling
    private let fields: EventFields
    private let gate: LevelGate
    private let log: StructuredLog
    private let runs: RunContexts?
    private let runID: Int?

    init(
        _ category: String, _ keys: EventKeys, _ telling: EventTelling, gate: LevelGate,
        log: StructuredLog, runs: RunContexts?
    ) {
        self.category = category
        self.telling = telling
        fields = EventFields(keys, without: telling.unsaid)
        self.gate = gate
        self.log = log
        self.runs = runs
        runID = keys.metadataIndex(of: "run_id")
    }

    func wants(_ frame: UnsafePointer<EventFrame>) -> Bool {
        telling.gravity.isEnough(for: gate, frame)
    }

    func take(_ copy: EventCopy) { log.append(copy, self) }

    func record(of copy: EventCopy) -> LogRecord? {
        let (message, run) = copy.read { event in
            (telling.message(event), runs == nil ? nil : event.word(at: runID))
        }
        guard gate.admits(message.level) else { return nil }
        let record = LogRecord(
            time: copy.time, level: message.level, category: category, message: message.text,
            event: LoggedEvent(copy, fields))
        guard let runs, let run else { return record }
        return runs.complete(record, run) ? nil : record
    }
}
