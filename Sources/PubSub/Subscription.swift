/// The receiving end; it ends when it is dropped.
///
///     for await batch in subscription { … }
///
/// One task reads it at a time.
package final class Subscription: AsyncSequence, Sendable {
    /// What came since the last time: at least one message, or the news that some were lost.
    package struct Batch: Sendable {
        package let messages: [Message]
        /// How many older ones were lost before the first of these.
        package let missed: Int
    }

    package struct Iterator: AsyncIteratorProtocol {
        let subscription: Subscription

        package mutating func next() async -> Batch? { await subscription.next() }

        package mutating func next(isolation: isolated (any Actor)?) async -> Batch? {
            await subscription.next()
        }
    }

    private let mailbox: Mailbox
    private let source: PubSub

    init(_ mailbox: Mailbox, of source: PubSub) {
        self.mailbox = mailbox
        self.source = source
    }

    deinit { source.remove(mailbox) }

    package func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    /// How many messages wait to be read.
    package var waiting: Int { mailbox.count }

    /// - Returns: `nil` once it was ended and all is read, or the task is canceled.
    package func next() async -> Batch? {
        while !Task.isCancelled {
            guard let (messages, missed) = mailbox.takeAll() else { return nil }
            if !messages.isEmpty { return Batch(messages: messages, missed: missed) }
            await mailbox.wait()
        }
        return nil
    }

    /// Nothing more is put in; what is there can still be read.
    package func end() { mailbox.close() }
}
