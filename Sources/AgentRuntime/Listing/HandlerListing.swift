import AgentConfiguration
import PluginHost
import Telemetry

/// Handlers as they are shown by `--list-handlers`: what happens to events, in the agent itself.
struct HandlerListing: Sendable {
    enum Attachment: String {
        case yes, no
        case onDemand = "while asked for"
    }

    struct Row {
        /// Its id on the bus.
        let name: String
        let events: [String]
        let attached: Attachment
        /// The part of the configuration that decides.
        let key: String
        let help: String
    }

    let rows: [Row]

    /// For people.
    func table(width: Int?) -> String {
        var table = TextTable(["name", "events", "attached", "key", "help"])
        for row in rows {
            table.append([
                row.name, row.events.isEmpty ? "-" : row.events.joined(separator: ", "),
                row.attached.rawValue, row.key,
                row.help,
            ])
        }
        return table.text(width: width)
    }

    /// For programs.
    var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "handler": .string(row.name),
                    "events": .array(row.events.map { .string($0) }),
                    "attached": row.attached == .onDemand
                        ? .string("on_demand") : .bool(row.attached == .yes),
                    "key": .string(row.key), "help": .string(row.help),
                ]
            })
    }
}

extension HandlerListing {
    /// - Parameters:
    ///   - configuration: whose handlers are shown; nil for the standard ones.
    ///   - plugins: the plugins there are, by instance.
    init(
        _ configuration: AgentConfiguration?, plugins: [(name: String, plugin: PluginDescription)]
    ) {
        let logs = DefaultHandler.all(configuration?.handlers ?? .standard).map { handler in
            Row(
                name: handler.name.rawValue, events: handler.events.map(\.description),
                attached: handler.isAttached ? .yes : .no, key: handler.key, help: handler.help)
        }
        let handling = plugins.filter { $0.plugin.kinds.contains(.handler) }.map { name, plugin in
            Row(
                name: "plugin:\(name)", events: ["those it asks for when it starts"],
                attached: .yes, key: "plugins", help: plugin.summary)
        }
        let all =
            logs + handling + [
                Row(
                    name: "metric-registry", events: ["those of --list-metrics"], attached: .yes,
                    key: "plugins, metrics", help: "Counts and measures, for all metrics."),
                Row(
                    name: "pipeline", events: Self.staged(configuration),
                    attached: Self.staged(configuration).isEmpty ? .no : .yes,
                    key: "pipeline, redaction.events",
                    help: "Samples, limits and redacts before any other handler."),
                Row(
                    name: PluginWatch.handler,
                    events: PluginWatch.events.map(\.description), attached: .yes, key: "-",
                    help: "Tells the live page what becomes of plugins."),
                Row(
                    name: PluginWatch.failureHandler, events: [PluginWatch.failure.description],
                    attached: .yes, key: "-",
                    help: "Tells the live page of handlers that were set aside."),
                Row(
                    name: "agent.tap", events: ["those asked for"], attached: .onDemand,
                    key: "-", help: "Shows events as they come: agent tap, /v1/tap."),
                Row(
                    name: "agent.top", events: ["*"], attached: .onDemand, key: "-",
                    help: "Counts events by name: agent top, /v1/top."),
            ]
        rows = all.sorted { $0.name < $1.name }
    }

    private static func staged(_ configuration: AgentConfiguration?) -> [String] {
        guard let configuration else { return [] }
        let pipeline = configuration.pipeline
        let events =
            pipeline.sampling.map(\.events) + pipeline.rateLimits.map(\.events)
            + configuration.redaction.events
        return Set(events).sorted()
    }
}

extension DefaultHandler {
    fileprivate var key: String {
        switch name {
        case .plugins: "handlers.plugins"
        case .queries: "handlers.queries"
        case .runs: "handlers.runs"
        case .sessions: "handlers.sessions"
        }
    }

    fileprivate var help: String {
        switch name {
        case .plugins: "Logs plugins that were loaded, replaced, refused or failed."
        case .queries: "Logs queries that failed, and those slower than slow_query."
        case .runs: "Logs runs that were created, started, ended or failed."
        case .sessions: "Logs sessions of live pages that were mounted, ended or failed."
        }
    }
}
