import Logging
import Telemetry

/// Writes a line of the log for an event that is grave enough.
///
/// In the emitter's thread an event is weighed, and copied where it is to be told of; the rest is done in the log's own.
final class EventLogHandler: EventWatcher, EventDescriber {
    let category: String
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

    func filter(for keys: EventKeys) -> (any EventFilter)? {
        messages.gravity(of: keys).map { LevelFilter(gate, $0) }
    }

    func take(_ copy: EventCopy) { log.append(copy, self) }

    func record(of copy: EventCopy) -> LogRecord? {
        let event = copy.unpacked()
        guard let message = messages.message(event), gate.admits(message.level) else {
            return nil
        }
        let record = LogRecord(
            time: event.time, level: message.level, category: category, message: message.text,
            context: [:], metadata: message.fields, error: nil)
        guard let runs, let id = event.text("run_id") else { return record }
        return runs.complete(record, id) ? nil : record
    }
}
