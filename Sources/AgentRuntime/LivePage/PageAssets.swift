import AgentConfiguration
import Digest
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The files of the page, as they lie in `Assets`: built into the executable, so that it needs none beside it.
struct PageAssets: Sendable {
    struct Asset: Sendable {
        let path: String
        let type: String
        let bytes: [UInt8]
        /// Of the content alone.
        let tag: String

        init(_ path: String, _ type: String, _ bytes: [UInt8]) {
            self.path = path
            self.type = "\(type); charset=utf-8"
            self.bytes = bytes
            tag = "\"\(bytes.withUnsafeBytes { SHA256.hex(of: $0) }.prefix(32))\""
        }
    }

    /// Made when the page is first asked for.
    static let page = Asset("/", "text/html", PackageResources.page_html)
    private static let parts: [String: Asset] = {
        let script = "text/javascript"
        let assets = [
            Asset("/live/page.css", "text/css", PackageResources.page_css),
            Asset("/live/icon.svg", "image/svg+xml", PackageResources.icon_svg),
            Asset("/live/main.js", script, PackageResources.main_js),
            Asset("/live/stream.js", script, PackageResources.stream_js),
            Asset("/live/elements.js", script, PackageResources.elements_js),
            Asset("/live/format.js", script, PackageResources.format_js),
            Asset("/live/chart.js", script, PackageResources.chart_js),
            Asset("/live/cards.js", script, PackageResources.cards_js),
            Asset("/live/runs.js", script, PackageResources.runs_js),
            Asset("/live/schedules.js", script, PackageResources.schedules_js),
            Asset("/live/follow.js", script, PackageResources.follow_js),
            Asset("/live/actions.js", script, PackageResources.actions_js),
        ]
        return Dictionary(assets.map { ($0.path, $0) }) { first, _ in first }
    }()

    /// The page's own files and nothing else: no script in the page, nothing from elsewhere, no frame around it.
    static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'
        """

    /// What belongs to the page. The paths hold no data, and are open like the page.
    static let endpoint = Endpoint.get("/live/{file}", "The page's own files.") { exchange in
        guard let asset = parts[exchange.path] else {
            return .failure(.notFound, "not_found", "the page has no such file")
        }
        return response(asset, to: exchange)
    }

    static func response(_ asset: Asset, to exchange: HTTPExchange) -> Response {
        var headers: HTTPFields = [
            .contentType: asset.type, .eTag: asset.tag, .cacheControl: "no-cache",
            .xContentTypeOptions: "nosniff", .contentSecurityPolicy: policy,
        ]
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        let known = exchange.request.headers[.ifNoneMatch]?.split(separator: ",") ?? []
        let isKnown = known.contains { $0.drop { $0 == " " }.prefix { $0 != " " } == asset.tag }
        guard !isKnown else { return Response(status: .notModified, headers: headers) }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }
}
