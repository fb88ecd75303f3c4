import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import MetricRegistry
import PluginHost

/// What there is, for programs and people who look.
struct ListingRoutes: Sendable {
    let registry: MetricRegistry
    let plugins: @Sendable () -> JSONValue

    var endpoints: [Endpoint] {
        [
            .get("/v1/metrics", "Every metric, as --list-metrics --json.") { _ in
                .json(
                    MetricListing(
                        registry.definitions.map {
                            MetricListing.Row(definition: $0.definition, plugin: $0.owner)
                        }
                    ).json)
            },
            .get("/v1/plugins", "Every plugin and how it fares.") { _ in .json(plugins()) },
        ]
    }

    /// The page at "/": what there is to ask for.
    static func index(of endpoints: [Endpoint]) -> Endpoint {
        .get("/", "This page.") { _ in
            var table = TextTable(["methods", "path", "answer"])
            for endpoint in endpoints.sorted(by: { $0.path < $1.path }) {
                table.append([
                    endpoint.methods.map(\.rawValue).joined(separator: " "), endpoint.path,
                    endpoint.summary,
                ])
            }
            return .text("agent \(AgentVersion.text)\n\n\(table.text(width: nil))")
        }
    }
}
