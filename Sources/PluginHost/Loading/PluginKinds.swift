import CAgentPlugin

/// What a plugin offers, by interface.
package struct PluginKinds: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let metrics = Self(rawValue: AGENT_KIND_METRICS)
    package static let exporter = Self(rawValue: AGENT_KIND_EXPORTER)
    package static let route = Self(rawValue: AGENT_KIND_ROUTE)
    package static let stream = Self(rawValue: AGENT_KIND_STREAM)
    package static let poll = Self(rawValue: AGENT_KIND_POLL)
    package static let handler = Self(rawValue: AGENT_KIND_HANDLER)
    package static let service = Self(rawValue: AGENT_KIND_SERVICE)
    package static let dashboards = Self(rawValue: AGENT_KIND_DASHBOARDS)

    /// Each kind with its word and its interface.
    package static let all: [(kind: PluginKinds, word: String, interface: String)] = [
        (.metrics, "metrics", AGENT_METRICS_V1), (.exporter, "exporter", AGENT_EXPORTER_V1),
        (.route, "route", AGENT_ROUTE_V1), (.stream, "stream", AGENT_STREAM_V1),
        (.poll, "poll", AGENT_POLL_V1), (.handler, "handler", AGENT_HANDLER_V1),
        (.service, "service", AGENT_SERVICE_V1), (.dashboards, "dashboards", AGENT_DASHBOARDS_V1),
    ]

    /// The kinds as words, in a fixed order.
    package var words: [String] { Self.all.filter { contains($0.kind) }.map(\.word) }

    package var description: String { isEmpty ? "none" : words.joined(separator: ", ") }
}
