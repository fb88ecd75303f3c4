import Synchronization

/// The rules of a pipeline at work, with what they have counted.
final class PipelineStages: Sendable {
    private let samplings: [SamplingRule]
    private let limits: [RateLimitRule]
    private let redactions: [EventPipeline.Redaction]
    let meter: PipelineMeter
    let clock: TelemetryClock

    /// - Parameter old: what it has counted goes on, under the events that its rules are for; rules that are the same go on
    ///   altogether.
    init(_ pipeline: EventPipeline, after old: PipelineStages?, clock: TelemetryClock) {
        samplings = Self.reachable(pipeline.samplings, \.events).map { rule in
            old?.samplings.first { $0.rule == rule }
                ?? SamplingRule(
                    rule,
                    counts: old?.samplings.first { $0.rule.events == rule.events }?.counts
                        ?? RuleCounts())
        }
        limits = Self.reachable(pipeline.rateLimits, \.events).map { rule in
            old?.limits.first { $0.rule == rule }
                ?? RateLimitRule(
                    rule,
                    counts: old?.limits.first { $0.rule.events == rule.events }?.counts
                        ?? RuleCounts())
        }
        redactions = pipeline.redactions
        meter = old?.meter ?? PipelineMeter()
        self.clock = clock
    }

    /// Without the rules for the very events of one before them: they never match.
    private static func reachable<Rule>(
        _ rules: [Rule], _ events: KeyPath<Rule, EventPattern>
    ) -> [Rule] {
        var seen: Set<EventPattern> = []
        return rules.filter { seen.insert($0[keyPath: events]).inserted }
    }

    /// What a shape has to pass; nil: nothing.
    func gate(for shape: EventShape.Pointer) -> PipelineGate? {
        let name = shape.pointee.name
        let sampling = samplings.first { $0.rule.events.matches(name) }
        let limit = limits.first { $0.rule.events.matches(name) }
        let redactor = redactions.first { $0.events.matches(name) }?.redactor
        guard sampling != nil || limit != nil || redactor != nil else { return nil }
        return PipelineGate(
            shape: shape, stages: self, sampling: sampling, limit: limit, redactor: redactor)
    }

    var statistics: PipelineStatistics {
        PipelineStatistics(
            samplings: samplings.map {
                .init(
                    rule: $0.rule, passed: $0.counts.passed.load(ordering: .relaxed),
                    dropped: $0.counts.dropped.load(ordering: .relaxed))
            },
            rateLimits: limits.map {
                .init(
                    rule: $0.rule, passed: $0.counts.passed.load(ordering: .relaxed),
                    dropped: $0.counts.dropped.load(ordering: .relaxed))
            },
            events: meter.turn.load(ordering: .relaxed),
            redacted: meter.redacted.load(ordering: .relaxed),
            measuredEvents: meter.events.load(ordering: .relaxed),
            measuredNanoseconds: meter.nanoseconds.load(ordering: .relaxed))
    }
}

/// What the pipeline has done so far.
package struct PipelineStatistics: Sendable {
    package struct Counts<Rule: Sendable>: Sendable {
        package let rule: Rule
        package let passed: Int
        package let dropped: Int
    }

    package var samplings: [Counts<EventPipeline.Sampling>] = []
    package var rateLimits: [Counts<EventPipeline.RateLimit>] = []
    /// Events that had stages to pass.
    package var events = 0
    /// Events from which something was taken out.
    package var redacted = 0
    /// The events whose way through the stages was timed, and how long that took, handlers not counted.
    package var measuredEvents = 0
    package var measuredNanoseconds = 0
}

/// Times one event in 64 on its way through the stages, and counts those that were redacted.
final class PipelineMeter: Sendable {
    private static let interval = 64
    /// How many there were.
    let turn = Atomic<Int>(0)
    /// Those that were timed.
    let events = Atomic<Int>(0)
    let nanoseconds = Atomic<Int>(0)
    let redacted = Atomic<Int>(0)

    var isTurn: Bool {
        turn.wrappingAdd(1, ordering: .relaxed).oldValue % Self.interval == 0
    }

    func add(_ duration: Int64) {
        events.wrappingAdd(1, ordering: .relaxed)
        nanoseconds.wrappingAdd(Int(duration), ordering: .relaxed)
    }
}
