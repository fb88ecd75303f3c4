import PluginKit

/// The answer to one scrape: admitted, negotiated, streamed. HEAD is answered as GET is: the host leaves the body out.
struct MetricsAnswer {
    private let request: Request
    private let response: Response
    private let settings: PrometheusSettings
    private let guardian: Authorization

    init(
        _ request: Request, _ response: Response, _ settings: PrometheusSettings,
        _ guardian: Authorization
    ) {
        self.request = request
        self.response = response
        self.settings = settings
        self.guardian = guardian
    }

    func send() throws {
        guard request.method == "GET" || request.method == "HEAD" else {
            return try refuse(405, "this path takes GET and HEAD", ["Allow": "GET, HEAD"])
        }
        guard guardian.admits(request.header("authorization")) else {
            return try refuse(
                401, "credentials are missing or wrong", ["WWW-Authenticate": guardian.challenge])
        }
        switch Negotiation.format(accept: request.accept.description) {
        case .text: try send(TextFormat.self)
        case .openMetrics: try send(OpenMetrics.self)
        case nil:
            try refuse(406, "there are text/plain and application/openmetrics-text", [:])
        }
    }

    private func send<Format: ExpositionFormat>(_ format: Format.Type) throws {
        guard let snapshot = request.snapshot else {
            throw PluginError("the host gave no snapshot")
        }
        guard settings.gzipLevel > 0,
            Negotiation.acceptsGzip(request.acceptEncoding.description)
        else {
            try begin(["Content-Type": format.contentType, "Vary": Self.vary])
            let response = response
            var exposition = Exposition<Format>(created: settings.created) {
                try response.write($0.bytes)
            }
            return try exposition.write(snapshot)
        }
        try begin([
            "Content-Type": format.contentType, "Vary": Self.vary, "Content-Encoding": "gzip",
        ])
        try sendCompressed(format, snapshot)
    }

    private func sendCompressed<Format: ExpositionFormat>(
        _ format: Format.Type, _ snapshot: Snapshot
    ) throws {
        let gzip = try Gzip(level: settings.gzipLevel)
        var exposition = Exposition<Format>(created: settings.created) {
            try gzip.write($0.bytes, to: response.write)
        }
        try exposition.write(snapshot)
        try gzip.finish(to: response.write)
    }

    private static var vary: String { "Accept, Accept-Encoding" }

    private func begin(_ headers: KeyValuePairs<StaticString, String>) throws {
        try response.begin(200, headers)
    }

    private func refuse(
        _ status: UInt32, _ why: String, _ header: KeyValuePairs<StaticString, String>
    ) throws {
        try response.begin(status, header)
        var text = why + "\n"
        try text.withUTF8 { try response.write(UnsafeRawBufferPointer($0)) }
    }
}
