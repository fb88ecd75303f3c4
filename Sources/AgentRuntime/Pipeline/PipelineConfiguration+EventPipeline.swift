import AgentConfiguration
import Redaction
import Telemetry

extension AgentConfiguration {
    /// The stages in front of the handlers.
    func eventPipeline(_ redactor: Redactor) -> EventPipeline {
        EventPipeline(
            samplings: pipeline.sampling.compactMap { rule in
                Self.pattern(rule.events).map {
                    .init(
                        events: $0, keepOneIn: rule.keepOneIn,
                        correctsCounters: rule.correctsCounters)
                }
            },
            rateLimits: pipeline.rateLimits.compactMap { rule in
                Self.pattern(rule.events).map {
                    .init(
                        events: $0, perSecond: rule.perSecond,
                        burst: rule.burst ?? Int(rule.perSecond.rounded(.up)))
                }
            },
            redactions: redaction.events.compactMap { events in
                Self.pattern(events).map { .init(events: $0, redactor: redactor) }
            })
    }

    /// The configuration has checked the pattern already.
    private static func pattern(_ text: String) -> EventPattern? { try? EventPattern(text) }
}

extension RedactionConfiguration {
    var redactor: Redactor {
        Redactor(
            RedactionSettings(
                keys: keys, shownKeys: shownKeys, detectors: Set(detectors),
                maximumBytes: maxBytes, maximumDepth: maxDepth))
    }
}
