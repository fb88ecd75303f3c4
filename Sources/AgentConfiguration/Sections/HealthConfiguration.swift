/// `health`: when the agent counts as well, and what it takes part in the work for.
package struct HealthConfiguration: Sendable, Equatable {
    /// What a plugin is not; plugins say `required` of themselves.
    package enum Component: String, CaseIterable, Sendable {
        case store
        case audit
        case intake
        case runner
        case quota
    }

    /// How often components are looked at.
    package let interval: Duration

    /// How long a limit is broken before that counts.
    package let patience: Duration
    package let required: [Component]
    package let criteria: HealthCriteria
}

/// `health.criteria`: each figure with its limit.
package struct HealthCriteria: Sendable, Equatable {
    package enum Severity: String, CaseIterable, Sendable {
        case degraded
        case failed
    }

    package struct Limit<Value: Sendable & Equatable>: Sendable, Equatable {
        package let limit: Value

        /// What the component is while the limit is broken.
        package let severity: Severity
    }

    package let freeWorkers: Limit<Int>
    package let errorShare: Limit<Double>
    package let errorWindow: Duration

    /// Below so many the share of errors says nothing.
    package let errorCount: Int
    package let queueLength: Limit<Int>
    package let responseTime: Limit<Duration>
    package let freeDisk: Limit<Int>
    package let logSize: Limit<Int>
}

extension HealthConfiguration {
    static let shape = Shape<HealthConfiguration>.object(
        Field<Duration>(
            "interval", .duration(in: .milliseconds(100)...(.seconds(300))), default: "5s",
            "How often every component is looked at."),
        Field<Duration>(
            "patience", .duration(in: .zero...(.seconds(3600))), default: "10s",
            "How long a limit is broken before that counts; one look within it ends that."),
        Field<[Component]>(
            "required", .array(of: .word, count: 0...5, "an array of components"),
            default: ["store", "audit", "intake"],
            "Components without which the agent is not ready, beside plugins that are \"required\"."
        ),
        Field<HealthCriteria>(
            "criteria", HealthCriteria.shape, default: [:], "What is measured, and its limits."),
        build: HealthConfiguration.init)
}

extension HealthCriteria {
    fileprivate static let shape = Shape<HealthCriteria>.object(
        Field<Limit<Int>>(
            "free_workers", .limit(.integer(in: 0...100_000), default: 1), default: [:],
            "The runner: how many of \"runs.max_active\" are free, at least."),
        Field<Limit<Double>>(
            "error_share", .limit(.share, default: 0.5), default: [:],
            "The runner's runs that fail and the intake's events that are rejected, at most."),
        Field<Duration>(
            "error_window", .duration(in: .seconds(1)...(.seconds(3600))), default: "5m",
            "How far back the share of errors looks."),
        Field<Int>(
            "error_count", .integer(in: 1...1_000_000_000), default: 20,
            "With fewer runs or events in that time their share says nothing."),
        Field<Limit<Int>>(
            "queue_length", .limit(.integer(in: 0...1_000_000), default: 1000), default: [:],
            "The quota: how many wait for a place, at most."),
        Field<Limit<Duration>>(
            "response_time",
            .limit(.duration(in: .milliseconds(1)...(.seconds(3600))), default: "2s"),
            default: [:], "The store: how long a question takes it, at most."),
        Field<Limit<Int>>(
            "free_disk", .limit(.size(in: 0...(1 << 50)), default: "64MiB"), default: [:],
            "The store: room on its file system, at least."),
        Field<Limit<Int>>(
            "log_size", .limit(.size(in: 0...(1 << 50)), default: "64MiB"), default: [:],
            "The store: how large the log beside its file (\"-wal\") is, at most."),
        build: HealthCriteria.init)
}

extension Shape {
    fileprivate static func limit<Limited: Sendable & Equatable>(
        _ limit: Shape<Limited>, default: JSONValue
    ) -> Shape where Value == HealthCriteria.Limit<Limited> {
        .object(
            Field<Limited>("limit", limit, default: `default`, "The limit."),
            Field<HealthCriteria.Severity>(
                "severity", .word, default: "degraded",
                "What the component is while its limit is broken."),
            build: HealthCriteria.Limit<Limited>.init)
    }
}

extension Shape<Double> {
    fileprivate static let share = number.checked { value, node, decoding in
        guard !(0...1).contains(value) else { return }
        decoding.report(
            .unacceptable(found: "\(value)", expected: "a number from 0 to 1"), at: node.position)
    }
    .adding(toSchema: ["minimum": 0, "maximum": 1])
}
