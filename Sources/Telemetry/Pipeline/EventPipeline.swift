/// What events pass between their emitter and the handlers: sampling, then rate limiting, then redaction.
///
/// For each of the three the first rule whose pattern matches an event's name holds. Events that no rule matches pay
/// nothing, not even a comparison: the stages stand in the dispatch list of the event's shape.
package struct EventPipeline: Sendable {
    /// Lets one event in so many pass.
    ///
    /// Events of one correlation id pass together or not at all, in every agent alike; of those without one every
    /// n-th passes.
    package struct Sampling: Sendable, Hashable {
        package let events: EventPattern
        /// At least 1.
        package let keepOneIn: Int
        /// Whether counters and sums count an event that passes as `keepOneIn` of them.
        package let correctsCounters: Bool

        package init(events: EventPattern, keepOneIn: Int, correctsCounters: Bool) {
            self.events = events
            self.keepOneIn = max(1, keepOneIn)
            self.correctsCounters = correctsCounters
        }
    }

    /// Lets so many events a second pass, and as many as `burst` at once.
    package struct RateLimit: Sendable, Hashable {
        package let events: EventPattern
        package let perSecond: Double
        package let burst: Int

        package init(events: EventPattern, perSecond: Double, burst: Int) {
            self.events = events
            self.perSecond = max(perSecond, 1e-6)
            self.burst = max(1, burst)
        }
    }

    /// Takes secrets out of the metadata before any handler sees them.
    package struct Redaction: Sendable {
        package let events: EventPattern
        package let redactor: any MetadataRedactor

        package init(events: EventPattern, redactor: any MetadataRedactor) {
            self.events = events
            self.redactor = redactor
        }
    }

    package var samplings: [Sampling]
    package var rateLimits: [RateLimit]
    package var redactions: [Redaction]

    package init(
        samplings: [Sampling] = [], rateLimits: [RateLimit] = [], redactions: [Redaction] = []
    ) {
        self.samplings = samplings
        self.rateLimits = rateLimits
        self.redactions = redactions
    }
}

/// Knows what in metadata nobody may see.
package protocol MetadataRedactor: Sendable {
    /// Whether what stands under this key is hidden, whatever it is.
    func hides(key: String) -> Bool

    /// A value without its secrets; nil where it has none. Called for each event: must be quick where there is nothing.
    func redacted(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]?
}

/// What stands where a secret stood.
package enum RedactionMark {
    package static let constant: StaticString = "[redacted]"
    package static let text = constant.description
}

/// What the pipeline did with an event.
package enum EventFate: UInt8, Sendable {
    case delivered
    case sampledOut
    case rateLimited
}
