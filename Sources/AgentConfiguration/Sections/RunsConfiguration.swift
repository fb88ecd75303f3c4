/// `runs`: what holds for every run that sets nothing of its own.
package struct RunsConfiguration: Hashable, Sendable {
    package let timeout: Duration

    /// Between TERM and KILL, when a run is canceled or takes too long.
    package let killGrace: Duration
    package let maxOutputBytes: Int

    /// How many runs there may be at once, whatever the quotas say.
    package let maxActive: Int

    /// When the agent stops: how long runs may go on before they are canceled.
    package let drain: Duration
}

extension RunsConfiguration {
    static let shape = Shape<RunsConfiguration>.object(
        Field<Duration>(
            "timeout", .runTimeout, default: "5m",
            "How long a run may take; longer ones are ended with status \"timeout\"."),
        Field<Duration>(
            "kill_grace", .duration(in: .zero...(.seconds(300))), default: "5s",
            "How long a command has between TERM and KILL."),
        Field<Int>(
            "max_output_bytes", .outputLimit, default: "4MiB",
            "How much of a run's output is kept; what comes after it is dropped, and said so."),
        Field<Int>(
            "max_active", .integer(in: 1...100_000), default: 256,
            "How many runs there may be at once, whatever the quotas say."),
        Field<Duration>(
            "drain", .duration(in: .zero...(.seconds(3600))), default: "5s",
            "When the agent stops: how long runs may go on before they are canceled."),
        build: RunsConfiguration.init)
}

extension Shape<Duration> {
    static let runTimeout = duration(in: .milliseconds(100)...(.seconds(7 * 86_400)))
}

extension Shape<Int> {
    static let outputLimit = size(in: 0...(1 << 40))
}
