/// `pipeline`: what events pass before any handler gets them.
package struct PipelineConfiguration: Hashable, Sendable {
    /// Lets one event in so many pass.
    package struct Sampling: Hashable, Sendable {
        package let events: String
        package let keepOneIn: Int
        package let correctsCounters: Bool
    }

    /// Lets so many events a second pass.
    package struct RateLimit: Hashable, Sendable {
        package let events: String
        package let perSecond: Double

        /// `nil` for as many as pass in a second.
        package let burst: Int?
    }

    /// For each event the first rule that matches counts.
    package let sampling: [Sampling]
    package let rateLimits: [RateLimit]
}

extension PipelineConfiguration {
    static let shape = Shape<PipelineConfiguration>.object(
        Field<[Sampling]>(
            "sampling", .array(of: Sampling.shape, count: 0...100, "an array of sampling rules"),
            default: [], "Events of which only a part passes; the first rule that matches counts."),
        Field<[RateLimit]>(
            "rate_limits", .array(of: RateLimit.shape, count: 0...100, "an array of rate limits"),
            default: [], "Events of which only so many pass; the first rule that matches counts."),
        build: PipelineConfiguration.init)
}

extension PipelineConfiguration.Sampling {
    fileprivate static let shape = Shape<Self>.object(
        Field<String>("events", .name(.eventPattern), "Which events: a.name, a.prefix.* or *."),
        Field<Int>(
            "keep_one_in", .integer(in: 1...1_000_000),
            "How many events one that passes stands for; those of one correlation id pass together."
        ),
        Field<Bool>(
            "correct_counters", .boolean, default: true,
            "Whether counters and sums count an event that passes as \"keep_one_in\" of them."),
        build: Self.init)
}

extension PipelineConfiguration.RateLimit {
    fileprivate static let shape = Shape<Self>.object(
        Field<String>("events", .name(.eventPattern), "Which events: a.name, a.prefix.* or *."),
        Field<Double>("per_second", .rate, "How many pass in a second, on average."),
        Field<Int?>(
            "burst", .integer(in: 1...1_000_000_000),
            "How many may pass at once; as many as pass in a second when absent."),
        build: Self.init)
}

extension KeyRule {
    static let eventPattern = KeyRule(
        expectation: "an event's name, a prefix such as \"a.b.*\", or \"*\"",
        pattern: "^(\\*|[^.\\s*]+(\\.[^.\\s*]+)*(\\.\\*)?)$")
}

extension Shape<Double> {
    fileprivate static let rate = number.checked { value, node, decoding in
        guard !(0.001...1_000_000_000).contains(value) else { return }
        decoding.report(
            .unacceptable(found: "\(value)", expected: "a number from 0.001 to 1000000000"),
            at: node.position)
    }
    .adding(toSchema: ["minimum": 0.001, "maximum": 1_000_000_000])
}
