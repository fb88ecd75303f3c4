import Synchronization

/// Tells whoever subscribed what has happened.
///
/// Publishing never waits: a subscriber that does not keep up loses its own oldest messages, and is told how many.
/// Messages of one publishing thread arrive in the order they were published.
package final class PubSub: Sendable {
    private struct State {
        var mailboxes: [Topic: [Mailbox]] = [:]
        var published: UInt64 = 0
        /// What mailboxes that are gone had lost.
        var lost: UInt64 = 0
    }

    package struct Statistics: Sendable, Equatable {
        package var subscribers: Int
        package var published: UInt64
        package var lost: UInt64

        package init(subscribers: Int = 0, published: UInt64 = 0, lost: UInt64 = 0) {
            self.subscribers = subscribers
            self.published = published
            self.lost = lost
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// - Parameter capacity: how many messages wait for the subscriber before the oldest is lost; at least 1.
    package func subscribe(to topics: Set<Topic>, capacity: Int = 256) -> Subscription {
        let mailbox = Mailbox(topics: topics, capacity: capacity)
        state.withLock { state in
            for topic in topics { state.mailboxes[topic, default: []].append(mailbox) }
        }
        return Subscription(mailbox, of: self)
    }

    /// Whether anyone would receive it: lets a publisher spare itself the making of a message.
    package func hasSubscribers(_ topics: [Topic]) -> Bool {
        state.withLock { state in topics.contains { state.mailboxes[$0] != nil } }
    }

    /// Hands the message to every subscriber of one of its topics, once to each.
    package func publish(_ message: Message) {
        let lists = state.withLock { state in
            state.published &+= 1
            return message.topics.map { state.mailboxes[$0] ?? [] }
        }
        var sleepers: [Mailbox.Sleeper] = []
        for (index, list) in lists.enumerated() {
            let before = message.topics[..<index]
            for mailbox in list where !before.contains(where: mailbox.topics.contains) {
                if let sleeper = mailbox.put(message) { sleepers.append(sleeper) }
            }
        }
        Self.wake(sleepers)
    }

    package var statistics: Statistics {
        state.withLock { state in
            var seen: Set<ObjectIdentifier> = []
            var statistics = Statistics(published: state.published, lost: state.lost)
            for mailbox in state.mailboxes.values.joined()
            where seen.insert(ObjectIdentifier(mailbox)).inserted {
                statistics.subscribers += 1
                statistics.lost &+= mailbox.lost
            }
            return statistics
        }
    }

    func remove(_ mailbox: Mailbox) {
        state.withLock { state in
            for topic in mailbox.topics {
                state.mailboxes[topic]?.removeAll { $0 === mailbox }
                if state.mailboxes[topic]?.isEmpty == true { state.mailboxes[topic] = nil }
            }
            state.lost &+= mailbox.lost
        }
    }

    /// Waking a task costs the publisher more than handing over its message does: many are woken elsewhere.
    private static func wake(_ sleepers: [Mailbox.Sleeper]) {
        guard sleepers.count > 2 else {
            for sleeper in sleepers { sleeper.resume() }
            return
        }
        Task { for sleeper in sleepers { sleeper.resume() } }
    }
}
