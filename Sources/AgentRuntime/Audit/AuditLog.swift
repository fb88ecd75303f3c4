import AgentConfiguration
import Logging
import Redaction
import Repo
import Synchronization
import Telemetry

/// Takes what was done from everywhere, and stores it in its order.
///
/// Whoever records does not wait for the disk. While the store fails, entries wait and are tried again; what finds no room
/// then, and what is left at the end, is written to the log as a whole, and counted in an entry once the store is back.
final class AuditLog: Sendable {
    private let store: AuditStore
    private let redactor: CurrentRedactor
    private let clock: TelemetryClock
    private let logger: Logger
    private let room: Int
    private let firstDelay: Duration
    private let state = Mutex(State())

    private struct State {
        var waiting: [AuditEntry] = []
        var isWriting = false
        var isClosed = false
        /// Entries that are in the log alone, since the last entry that says so.
        var lost = 0
        /// The same since the start, and how often the log was not as it was left.
        var lostInAll = 0
        var alterations = 0
        var alteration: String?
        /// Why the last attempt failed; nil after one that did not.
        var failure: RepoError?
        var flushes: [CheckedContinuation<Void, Never>] = []
    }

    /// How the log fares.
    struct Status: Sendable, Equatable {
        /// Entries that are not stored yet.
        var waiting = 0
        var lost = 0
        var alterations = 0
        /// The last of them.
        var alteration: String?
        var failure: String?
        /// Whether waiting does not help.
        var isLasting = false
    }

    var status: Status {
        state.withLock {
            Status(
                waiting: $0.waiting.count, lost: $0.lostInAll, alterations: $0.alterations,
                alteration: $0.alteration, failure: $0.failure.map { "\($0)" },
                isLasting: $0.failure?.passes == false)
        }
    }

    private static let batch = 256
    private static let longestDelay = Duration.seconds(30)
    private static let textLimit = 512
    private static let detailsLimit = 16 << 10

    /// - Parameter room: how many entries may wait
    init(
        _ store: AuditStore, redactor: CurrentRedactor, clock: TelemetryClock = .machine,
        logger: Logger, room: Int = 8192, firstDelay: Duration = .milliseconds(100)
    ) {
        self.store = store
        self.redactor = redactor
        self.clock = clock
        self.logger = logger
        self.room = room
        self.firstDelay = firstDelay
    }

    /// Notes that something was done; returns at once.
    func record(_ note: AuditNote) {
        let entry = entry(note)
        enum Outcome { case waits, begins, lost }
        let outcome = state.withLock { state -> Outcome in
            guard !state.isClosed, state.waiting.count < room else {
                state.lost += 1
                state.lostInAll += 1
                return .lost
            }
            state.waiting.append(entry)
            defer { state.isWriting = true }
            return state.isWriting ? .waits : .begins
        }
        switch outcome {
        case .waits: break
        case .begins: Task { await self.drain() }
        case .lost: tell(entry)
        }
    }

    /// Tells what was not as the last agent left it.
    func begin(_ findings: [StoreFinding]) {
        for finding in findings {
            logger.error("\(finding.sentence)")
            if finding.isOfAudit { note(alteration: finding.sentence) }
        }
    }

    private func note(alteration sentence: String) {
        state.withLock {
            $0.alterations += 1
            $0.alteration = sentence
        }
        record(AuditNote(.altered, "find", "audit", details: ["found": .string(sentence)]))
    }

    /// Returns when everything recorded so far is stored, or given up.
    func flush() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isWriting { state.flushes.append(continuation) }
                return !state.isWriting
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Stores what waits, as far as there is time; the rest goes to the log.
    func stop(within patience: Duration) async {
        await withTaskGroup { group in
            group.addTask { await self.flush() }
            group.addTask {
                try? await Task.sleep(for: patience)
                self.close()
            }
            await group.next()
            self.close()
            group.cancelAll()
        }
    }

    private func close() {
        let (left, flushes) = state.withLock { state in
            state.isClosed = true
            defer {
                state.waiting = []
                state.flushes = []
            }
            state.lostInAll += state.waiting.count
            return (state.waiting, state.flushes)
        }
        for entry in left { tell(entry) }
        for flush in flushes { flush.resume() }
    }

    // MARK: Writing

    private func drain() async {
        var delay = firstDelay
        while let batch = next() {
            do throws(RepoError) {
                let appended = try await store.append(batch)
                stored(batch.count)
                if let sentence = appended?.alteration {
                    logger.error("the audit log was changed by somebody else: \(sentence)")
                    note(alteration: sentence)
                }
                if delay > firstDelay { logger.notice("the audit log is written again") }
                delay = firstDelay
            } catch {
                state.withLock { $0.failure = error }
                if delay == firstDelay || delay == Self.longestDelay {
                    logger.error("the audit log cannot be written; entries wait: \(error)")
                }
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, Self.longestDelay)
            }
        }
    }

    /// What is to be stored next; it waits on until it is. Nil, and no longer writing, where there is nothing.
    private func next() -> [AuditEntry]? {
        let (batch, flushes) = state.withLock {
            state -> ([AuditEntry], [CheckedContinuation<Void, Never>]) in
            if state.lost > 0, !state.isClosed {
                let note = AuditNote(
                    .entriesLost, "lose", "audit",
                    details: ["count": .integer(Int64(state.lost))])
                state.waiting.append(entry(note))
                state.lost = 0
            }
            guard state.waiting.isEmpty else {
                return (Array(state.waiting.prefix(Self.batch)), [])
            }
            state.isWriting = false
            defer { state.flushes = [] }
            return ([], state.flushes)
        }
        for flush in flushes { flush.resume() }
        return batch.isEmpty ? nil : batch
    }

    private func stored(_ count: Int) {
        state.withLock {
            $0.waiting.removeFirst(min(count, $0.waiting.count))
            $0.failure = nil
        }
    }

    /// An entry that the store does not have is at least here.
    private func tell(_ entry: AuditEntry) {
        logger.error(
            "an audit entry could not be stored",
            metadata: [
                "event_type": "\(entry.eventType)", "actor": "\(entry.actor.id)",
                "resource": "\(entry.resourceType) \(entry.resourceID ?? "")",
                "action": "\(entry.action)", "details": "\(entry.details)",
                "correlation_id": "\(entry.correlationID ?? "")",
                "client_ip": "\(entry.clientIP ?? "")",
            ])
    }

    // MARK: Entries

    private func entry(_ note: AuditNote) -> AuditEntry {
        let redactor = redactor.value
        func clean(_ text: String) -> String {
            redactor.text(text.utf8.count <= Self.textLimit ? text : cut(text))
        }
        return AuditEntry(
            eventType: note.event.rawValue,
            actor: .init(clean(note.actor.id), note.actor.kind), resourceType: note.resourceType,
            resourceID: note.resourceID.map(clean), action: note.action,
            details: details(redactor.metadata(note.details)),
            correlationID: (note.correlationID ?? Correlation.current).map(clean),
            clientIP: note.origin?.clientIP, userAgent: note.origin?.userAgent.map(clean),
            insertedAt: clock.system())
    }

    private func cut(_ text: String) -> String {
        String(decoding: text.utf8.prefix(Self.textLimit), as: UTF8.self) + Redactor.cutMark
    }

    private func details(_ details: Metadata) -> String {
        let text = JSONWriter(.compact).write(JSONValue(details))
        guard text.utf8.count > Self.detailsLimit else { return String(text) }
        let beginning = String(decoding: text.utf8.prefix(Self.detailsLimit / 2), as: UTF8.self)
        return String(
            JSONWriter(.compact).write(["cut": .string(beginning)]))
    }
}

extension RepoError {
    /// Whether it may be over by itself: another program's lock, a full disk.
    fileprivate var passes: Bool {
        switch self {
        case .busy, .full, .io: true
        default: false
        }
    }
}
