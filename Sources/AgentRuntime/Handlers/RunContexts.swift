import Automation
import Logging
import Redaction
import Repo
import Synchronization

/// Adds to messages about runs what their events do not say: the command, who asked for it, the sentence that says why it
/// failed, and what the program said of itself.
///
/// Asks where runs are kept, so it is done in a task, in the order of the messages.
final class RunContexts: Sendable {
    /// Where runs are known.
    struct Source: Sendable {
        var run: @Sendable (RunID) async -> Run?
        /// The end of what the run wrote.
        var output: @Sendable (Run) async -> [UInt8]
    }

    private struct Request {
        var record: LogRecord
        let run: RunID
    }

    private struct State {
        var source: Source?
        var waiting: [Request] = []
        var isWorking = false
        var resting: [CheckedContinuation<Void, Never>] = []
    }

    private let log: StructuredLog
    private let redactor: CurrentRedactor
    private let state = Mutex(State())
    /// Beyond these messages go out as they are.
    private static let room = 1024
    private static let commandLimit = 512

    init(_ log: StructuredLog, redactor: CurrentRedactor) {
        self.log = log
        self.redactor = redactor
    }

    /// From now on runs are looked up there.
    func use(_ source: Source?) { state.withLock { $0.source = source } }

    /// Has a message completed and written later; false where that cannot be.
    func complete(_ record: LogRecord, _ id: String) -> Bool {
        guard let id = RunID(id) else { return false }
        let (isTaken, begins) = state.withLock { state -> (Bool, Bool) in
            guard state.source != nil, state.waiting.count < Self.room else {
                return (false, false)
            }
            state.waiting.append(Request(record: record, run: id))
            defer { state.isWorking = true }
            return (true, !state.isWorking)
        }
        if begins { Task { await work() } }
        return isTaken
    }

    /// Returns once everything that was taken is written.
    func rest() async {
        await withCheckedContinuation { continuation in
            let isResting = state.withLock { state in
                if state.isWorking { state.resting.append(continuation) }
                return !state.isWorking
            }
            if isResting { continuation.resume() }
        }
    }

    private func work() async {
        while let (request, source) = next() {
            var record = request.record
            if let run = await source.run(request.run) { await add(run, source, to: &record) }
            log.append(record)
        }
    }

    /// The next message; nil, and no longer working, where there is none or nothing to look runs up in.
    private func next() -> (Request, Source)? {
        let (next, left, resting) = state.withLock {
            state -> ((Request, Source)?, [Request], [CheckedContinuation<Void, Never>]) in
            if !state.waiting.isEmpty, let source = state.source {
                return ((state.waiting.removeFirst(), source), [], [])
            }
            state.isWorking = false
            defer {
                state.waiting = []
                state.resting = []
            }
            return (nil, state.waiting, state.resting)
        }
        for request in left { log.append(request.record) }
        for continuation in resting { continuation.resume() }
        return next
    }

    // MARK: What is known of a run

    private func add(_ run: Run, _ source: Source, to record: inout LogRecord) async {
        let redactor = redactor.value
        var fields: Logger.Metadata = [
            "command": .string(Self.text(of: run.command, redactor)),
            "requested_by": .string(run.requestedBy),
        ]
        fields["correlation_id"] = run.correlationID.map { .string($0) }
        if record.level >= .warning {
            fields["error.message"] = run.message.map { .string($0) }
            fields["reason"] = run.reason.map { .string($0) }
            let output = ProgramOutput(await source.output(run), redactor)
            fields["traceback"] = output.traceback.map { .string($0) }
            if output.traceback == nil {
                fields["output"] = output.lastLines.map { .string($0) }
            }
        }
        record.metadata.merge(fields) { $1 }
    }

    private static func text(of command: [String], _ redactor: Redactor) -> String {
        let text = redactor.arguments(command).joined(separator: " ")
        guard text.utf8.count > commandLimit else { return text }
        return String(decoding: text.utf8.prefix(commandLimit), as: UTF8.self) + Redactor.cutMark
    }
}

extension RunContexts.Source {
    /// The runs of an agent.
    init(_ runtime: AutomationRuntime) {
        run = { try? await runtime.run($0) }
        output = { run in
            // The end is enough; chunks may be small.
            var last = max(0, run.chunks - Self.chunkCount)
            var output: [UInt8] = []
            while let chunks = try? await runtime.store.chunks(
                of: run.id, after: last, maxBytes: ProgramOutput.limit), let end = chunks.last
            {
                output = Array((output + chunks.flatMap(\.bytes)).suffix(ProgramOutput.limit))
                last = end.seq
            }
            return output
        }
    }

    /// How many of the last chunks are looked at.
    private static let chunkCount: Int64 = 64
}
