import Glibc
import Logging
import Telemetry

/// Formats and writes messages in a thread of its own, so that who logs does neither.
///
/// The queue is bounded: what finds no room is dropped, counted, and told of in the log itself.
final class LogWriter: Sendable {
    typealias Output = @Sendable ([UInt8]) -> Void

    /// What waits to be written.
    private enum Entry: Sendable {
        case record(LogRecord)
        /// A message that is only made here: nil where there is nothing to say.
        case deferred(EventCopy, any EventDescriber)
        /// Whole lines that are no messages, written as they are.
        case text(String)
    }

    private struct State: Sendable {
        var waiting: [Entry] = []
        var dropped = 0
        /// Messages taken in, and those written.
        var accepted = 0
        var written = 0
    }

    private let monitor = Monitor(State())
    private let control: LogControl
    private let clock: TelemetryClock
    private let room: Int
    private let output: Output
    private static let patience: Int64 = 5_000_000_000
    /// How much memory it keeps from one batch to the next.
    static let keptBytes = 16 << 10

    /// - Parameter room: how many messages may wait
    init(
        _ control: LogControl, clock: TelemetryClock = .machine, room: Int = 8192,
        output: @escaping Output = { StandardError.write($0) }
    ) {
        self.control = control
        self.clock = clock
        self.room = room
        self.output = output
        let threads = BlockingThreads(limit: 1)
        if !threads.run({ [self] in write() }) {
            StandardError.write(
                "no thread for the log; messages are lost\n", within: .seconds(1))
        }
    }

    /// Has a message made of an event, here and not in the thread that emits it.
    func append(_ event: EventCopy, _ describer: any EventDescriber) {
        append(.deferred(event, describer))
    }

    /// Has lines written that are no messages, in their turn.
    func append(text: String) { append(.text(text)) }

    private func append(_ entry: Entry) {
        monitor.withLock { state in
            guard state.waiting.count < room else {
                state.dropped += 1
                return
            }
            state.accepted += 1
            state.waiting.append(entry)
        }
    }

    func append(_ record: LogRecord) {
        append(.record(record))
        // What follows may be the end of the process.
        if record.level == .critical { flush() }
    }

    /// Blocks until what was logged before is written, or some seconds have passed.
    func flush() {
        let target = monitor.withLock { $0.accepted }
        _ = monitor.wait(until: clock.monotonic() &+ Self.patience) { state in
            state.written >= target ? true : nil
        }
    }

    private func write() {
        var bytes: [UInt8] = []
        var settings = control.settings
        var format = LogFormat(settings)
        while true {
            let (batch, dropped) =
                monitor.wait(until: clock.monotonic() &+ 3600 * 1_000_000_000) {
                    state -> ([Entry], Int)? in
                    guard !state.waiting.isEmpty else { return nil }
                    defer {
                        state.waiting = []
                        state.dropped = 0
                    }
                    return (state.waiting, state.dropped)
                } ?? ([], 0)
            guard !batch.isEmpty else { continue }
            let current = control.settings
            if current.version != settings.version {
                settings = current
                format = LogFormat(settings)
            }
            for entry in batch {
                if case .text(let text) = entry { bytes += text.utf8 }
                if let record = record(entry) { format.append(record, to: &bytes) }
            }
            if dropped > 0 { format.append(loss(dropped), to: &bytes) }
            if !bytes.isEmpty { output(bytes) }
            bytes.removeAll(keepingCapacity: bytes.count <= Self.keptBytes)
            monitor.withLock { $0.written += batch.count }
        }
    }

    private func record(_ entry: Entry) -> LogRecord? {
        switch entry {
        case .record(let record): return record
        case .deferred(let event, let describer): return describer.record(of: event)
        case .text: return nil
        }
    }

    private func loss(_ count: Int) -> LogRecord {
        LogRecord(
            time: clock.system(), level: .warning, category: "agent.log",
            message: "messages were dropped: more came than could be written",
            metadata: ["count": "\(count)"])
    }
}

/// Says in the log what an event means.
protocol EventDescriber: Sendable {
    /// Called in the log's thread; nil where there is nothing to say, or where it is said later.
    func record(of event: EventCopy) -> LogRecord?
}
