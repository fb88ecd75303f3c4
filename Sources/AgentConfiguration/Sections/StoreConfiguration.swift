/// `store`: where runs and their output are kept.
package struct StoreConfiguration: Hashable, Sendable {
    /// Resolved against the configuration's directory.
    package let path: String
    package let retention: RetentionConfiguration

    /// Connections that read; one more writes.
    package let readers: Int

    /// How long another process may hold the file before a statement fails.
    package let busyTimeout: Duration
}

/// What is kept of finished runs: both limits hold.
package struct RetentionConfiguration: Hashable, Sendable {
    package let maxAge: Duration
    package let maxBytes: Int
}

extension StoreConfiguration {
    static let shape = Shape<StoreConfiguration>.object(
        Field<String>(
            "path", .path("a file's path"), default: "run/agent.db",
            "The SQLite file; its directory is made when it is missing."),
        Field<RetentionConfiguration>(
            "retention", RetentionConfiguration.shape, default: [:],
            "What is kept of finished runs."),
        Field<Int>(
            "readers", .integer(in: 1...64), default: 4,
            "How many connections read; one more writes."),
        Field<Duration>(
            "busy_timeout", .duration(in: .zero...(.seconds(60))), default: "5s",
            "How long another process may hold the file before a statement fails."),
        build: StoreConfiguration.init)
}

extension RetentionConfiguration {
    static let shape = Shape<RetentionConfiguration>.object(
        Field<Duration>(
            "max_age", .duration(in: .seconds(60)...(.seconds(3650 * 86_400))), default: "30d",
            "How long a finished run is kept."),
        Field<Int>(
            "max_bytes", .size(in: (1 << 20)...(1 << 50)), default: "1GiB",
            "How much output is kept; past it the oldest finished runs go."),
        build: RetentionConfiguration.init)
}
