/// `handlers`: what the agent does with events by itself, beside its metrics.
package struct HandlersConfiguration: Sendable, Equatable {
    /// A handler that writes messages to the log.
    package struct LogHandler: Sendable, Equatable {
        package let isAttached: Bool
        /// Patterns.
        package let events: [String]
    }

    /// The one that tells of queries.
    package struct QueryHandler: Sendable, Equatable {
        package let isAttached: Bool
        package let events: [String]
        /// What takes longer is told of.
        package let slowQuery: Duration
    }

    package let runs: LogHandler
    package let queries: QueryHandler
    package let sessions: LogHandler
    package let plugins: PluginHandler

    /// The one that tells of plugins: their events have fixed names.
    package struct PluginHandler: Sendable, Equatable {
        package let isAttached: Bool
    }

    package static let standard = HandlersConfiguration(
        runs: LogHandler(isAttached: true, events: runEvents),
        queries: QueryHandler(isAttached: true, events: queryEvents, slowQuery: .seconds(1)),
        sessions: LogHandler(isAttached: true, events: sessionEvents),
        plugins: PluginHandler(isAttached: true))

    fileprivate static let runEvents = ["net_auto.run.created", "net_auto.runner.*"]
    fileprivate static let queryEvents = ["net_auto.repo.query"]
    fileprivate static let sessionEvents = ["net_auto.liveview.*"]
}

extension HandlersConfiguration {
    static let shape = Shape<HandlersConfiguration>.object(
        Field<LogHandler>(
            "runs", LogHandler.shape(runEvents), default: [:],
            "Messages about runs: created, started, ended, failed."),
        Field<QueryHandler>(
            "queries", QueryHandler.shape, default: [:],
            "Messages about queries that failed or were slow."),
        Field<LogHandler>(
            "sessions", LogHandler.shape(sessionEvents), default: [:],
            "Messages about sessions of live pages: mounted, ended, failed."),
        Field<PluginHandler>(
            "plugins", PluginHandler.shape, default: [:],
            "Messages about plugins: loaded, replaced, refused, failed."),
        build: HandlersConfiguration.init)

    fileprivate static let attached = Field<Bool>(
        "attached", .boolean, default: true, "Whether the agent attaches it.")

    fileprivate static func events(_ standard: [String]) -> Field<[String]> {
        Field<[String]>(
            "events", .array(of: .name(.eventPattern), count: 1...100, "event patterns"),
            default: .array(standard.map { .string($0) }),
            "Its events, where they have other names: a.name, a.prefix.* or *.")
    }
}

extension HandlersConfiguration.LogHandler {
    fileprivate static func shape(_ events: [String]) -> Shape<Self> {
        .object(
            HandlersConfiguration.attached, HandlersConfiguration.events(events),
            build: Self.init(isAttached:events:))
    }
}

extension HandlersConfiguration.QueryHandler {
    fileprivate static let shape = Shape<Self>.object(
        HandlersConfiguration.attached,
        HandlersConfiguration.events(HandlersConfiguration.queryEvents),
        Field<Duration>(
            "slow_query", .duration(in: .microseconds(1)...(.seconds(86_400))), default: "1s",
            "A query that takes longer in all is told of."),
        build: Self.init(isAttached:events:slowQuery:))
}

extension HandlersConfiguration.PluginHandler {
    fileprivate static let shape = Shape<Self>.object(
        HandlersConfiguration.attached, build: Self.init(isAttached:))
}
