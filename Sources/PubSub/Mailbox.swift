import Synchronization

/// The messages that wait for one subscriber.
final class Mailbox: Sendable {
    typealias Sleeper = CheckedContinuation<Void, Never>

    private struct State {
        /// A ring once it is full: the oldest stands at `first`.
        var messages: [Message] = []
        var first = 0
        /// Lost since the subscriber last looked.
        var missed = 0
        var lost: UInt64 = 0
        var sleeper: Sleeper?
        var isClosed = false
    }

    /// What it is for.
    let topics: Set<Topic>
    private let capacity: Int
    private let state = Mutex(State())

    init(topics: Set<Topic>, capacity: Int) {
        self.topics = topics
        self.capacity = max(capacity, 1)
    }

    /// All that was ever lost here.
    var lost: UInt64 { state.withLock(\.lost) }

    /// How many messages wait.
    var count: Int { state.withLock(\.messages.count) }

    /// - Returns: who is to be woken for it.
    func put(_ message: Message) -> Sleeper? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            if state.messages.count < capacity {
                state.messages.append(message)
            } else {
                state.messages[state.first] = message
                state.first = (state.first + 1) % capacity
                state.missed += 1
                state.lost &+= 1
            }
            return state.sleeper.take()
        }
    }

    /// Waits until there is something, the mailbox is closed or the task canceled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (sleeper: Sleeper) in
                let isReady = state.withLock { state in
                    if !state.messages.isEmpty || state.isClosed || Task.isCancelled { return true }
                    state.sleeper = sleeper
                    return false
                }
                if isReady { sleeper.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleeper.take() }?.resume()
        }
    }

    /// Takes what there is, oldest first, and how many were lost before it; `nil` when closed and empty.
    func takeAll() -> (messages: [Message], missed: Int)? {
        state.withLock { state in
            guard !(state.isClosed && state.messages.isEmpty) else { return nil }
            let messages = Array(state.messages[state.first...] + state.messages[..<state.first])
            let missed = state.missed
            state.messages.removeAll(keepingCapacity: true)
            state.first = 0
            state.missed = 0
            return (messages, missed)
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            return state.sleeper.take()
        }?.resume()
    }
}
