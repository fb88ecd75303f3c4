import HTTPTypes
import HummingbirdCore

/// The live page: its files at "/", what it shows at `/v1/live`.
struct LivePage: Sendable {
    private static let view = "overview"

    private let routes: LiveRoutes

    init(_ sources: LiveSources) {
        let sessions = LiveSessions()
        let events = LiveSessionEvents(sources.bus, view: Self.view)
        routes = LiveRoutes(
            feed: LiveFeed(sources, sessions: sessions, events: events), sessions: sessions,
            sources: sources, sessionEvents: events)
    }

    var endpoints: [Endpoint] { routes.endpoints + [PageAssets.endpoint] }

    /// What stands at "/": the page for browsers, for programs the list of what there is to ask for.
    static func root(_ listing: Endpoint) -> Endpoint {
        .get("/", "The live page; without \"Accept: text/html\", this list.") { exchange in
            guard exchange.request.headers[.accept]?.contains("text/html") == true else {
                return await listing.respond(exchange)
            }
            var response = PageAssets.response(PageAssets.page, to: exchange)
            response.headers[.vary] = "Accept"
            return response
        }
    }
}
