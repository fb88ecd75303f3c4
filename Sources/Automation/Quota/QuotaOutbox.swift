import Telemetry

/// Events on their way out, in the order in which what they tell happened.
///
/// Whoever finds nobody emitting becomes the emitter: takes what there is, emits it without the lock, and comes back
/// until nothing is left. Everybody else leaves events here and goes on. So no lock is held across an event, nobody
/// waits for another's handlers, and the last value that a gauge gets is the last one there was.
///
/// Lives under its server's lock.
struct QuotaOutbox {
    /// Past this many, those who add more let the emitter go first.
    static let comfortable = 1_024

    private var waiting: [Entry] = []
    private var spare: [Entry] = []
    private var isEmitting = false

    /// An event and the correlation it is emitted under.
    struct Entry: Sendable, Equatable {
        var event: QuotaEvent
        var correlation: Correlated
    }

    enum Correlated: Sendable, Equatable {
        /// Of the thread that emits, which is the one it happened in.
        case emitter
        /// Of a task that may be another one.
        case task(String?)
    }

    var isCrowded: Bool { waiting.count > Self.comfortable }

    mutating func add(_ event: QuotaEvent, _ correlation: Correlated = .emitter) {
        let isOthers = isEmitting && correlation == .emitter
        waiting.append(
            Entry(event: event, correlation: isOthers ? .task(Correlation.current) : correlation))
    }

    /// What the caller has to emit; `nil` where there is nothing, or another does it.
    mutating func begin() -> [Entry]? {
        guard !isEmitting, !waiting.isEmpty else { return nil }
        isEmitting = true
        return take()
    }

    /// What the emitter has to emit next; `nil` where it is done. It gives back its list, emptied.
    mutating func next(_ emptied: consuming [Entry]) -> [Entry]? {
        if emptied.capacity <= Self.comfortable { spare = emptied }
        guard !waiting.isEmpty else {
            isEmitting = false
            return nil
        }
        return take()
    }

    /// Two lists take turns, so that adding to a warm outbox allocates nothing.
    private mutating func take() -> [Entry] {
        let batch = waiting
        waiting = spare
        spare = []
        return batch
    }
}
