/// What is told to subscribers; each part of the agent has types of its own for it.
package protocol Notice: Sendable {}

/// A notice on its way to a subscriber.
package struct Message: Sendable {
    /// All topics it was published under.
    package let topics: [Topic]
    package let notice: any Notice
    /// Links it with the events, log lines and audit entries of the same piece of work.
    package let correlationID: String?

    package init(_ notice: some Notice, to topics: [Topic], correlationID: String? = nil) {
        self.topics = topics
        self.notice = notice
        self.correlationID = correlationID
    }
}
