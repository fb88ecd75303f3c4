import Synchronization
import Telemetry

/// Events that wait for one reader. It is bounded: a reader that does not keep up loses the oldest, and is told how many.
final class EventInbox: EventWatcher, EventSink {
    typealias Sleeper = CheckedContinuation<Void, Never>

    /// What came since the last time.
    struct Batch: Sendable {
        let events: [EventCopy]
        /// How many were lost before the first of these.
        let lost: Int
    }

    private struct State {
        var events: [EventCopy?] = []
        var first = 0
        var count = 0
        var bytes = 0
        var lost = 0
        var sleeper: Sleeper?
        var isClosed = false

        mutating func removeFirst() -> EventCopy? {
            let event = events[first].take()
            first = (first + 1) % events.count
            count -= 1
            bytes -= event?.size ?? 0
            return event
        }
    }

    private let maximumBytes: Int
    private let state: Mutex<State>

    init(maximumEvents: Int = 2048, maximumBytes: Int = 4 << 20) {
        self.maximumBytes = maximumBytes
        var state = State()
        state.events = Array(repeating: nil, count: max(1, maximumEvents))
        self.state = Mutex(state)
    }

    func sink(for keys: EventKeys) -> (any EventSink)? { self }

    func wants(_ frame: UnsafePointer<EventFrame>) -> Bool { true }

    func take(_ copy: EventCopy) {
        let (sleeper, _) = state.withLock { state -> (Sleeper?, [EventCopy]) in
            guard !state.isClosed else { return (nil, []) }
            // Freed outside the lock.
            var gone: [EventCopy] = []
            while state.count == state.events.count
                || state.count > 0 && state.bytes + copy.size > maximumBytes
            {
                if let event = state.removeFirst() { gone.append(event) }
                state.lost += 1
            }
            state.events[(state.first + state.count) % state.events.count] = copy
            state.count += 1
            state.bytes += copy.size
            return (state.sleeper.take(), gone)
        }
        sleeper?.resume()
    }

    /// Waits for events; nil once it is closed and empty, or the task canceled.
    func next() async -> Batch? {
        while !Task.isCancelled {
            let batch: Batch?? = state.withLock { state in
                if state.count == 0, state.lost == 0 { return state.isClosed ? .some(nil) : .none }
                var events: [EventCopy] = []
                events.reserveCapacity(state.count)
                while state.count > 0 {
                    if let event = state.removeFirst() { events.append(event) }
                }
                defer { state.lost = 0 }
                return Batch(events: events, lost: state.lost)
            }
            if let batch { return batch }
            await sleep()
        }
        return nil
    }

    private func sleep() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (sleeper: Sleeper) in
                let isAwake = state.withLock { state in
                    if state.count > 0 || state.isClosed || Task.isCancelled { return true }
                    state.sleeper = sleeper
                    return false
                }
                if isAwake { sleeper.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleeper.take() }?.resume()
        }
    }

    /// Takes nothing more; what is there can still be read.
    func close() {
        state.withLock { state in
            state.isClosed = true
            return state.sleeper.take()
        }?.resume()
    }
}
