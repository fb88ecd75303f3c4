/// A real pushgateway (Debian's package `prometheus-pushgateway`), as a judge of expositions:
/// unlike a scraping server it refuses duplicate series and inconsistent families.
package final class Pushgateway: Sendable {
    private let process: ChildProcess
    private let client: HTTPClient

    /// Starts one; returns when it listens.
    package init() async throws {
        process = try ChildProcess(
            "prometheus-pushgateway",
            ["--web.listen-address=127.0.0.1:0"])
        client = HTTPClient(port: try await process.listeningPort())
    }

    /// Hands it an exposition in text format 0.0.4: 200 when it is taken, else 400 with the reason.
    package func push(_ exposition: [UInt8]) async throws -> HTTPResponse {
        try await client.request(
            "PUT", "/metrics/job/test", headers: ["Content-Type": "text/plain; version=0.0.4"],
            body: exposition)
    }
}
