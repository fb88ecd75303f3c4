import Foundation

/// A real netdata (Debian's package `netdata-core`) that listens for StatsD, tags included, over UDP.
package final class NetdataServer: Sendable {
    package let port: UInt16
    private let client: HTTPClient
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts a server; returns when it answers.
    package init() async throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        port = try freePort(.udp)
        let web = try freePort()
        let places = ["cache", "lib", "log", "config"].map { "\($0) = \(directory.path)" }
        let off = ["proc", "diskspace", "cgroups", "tc", "idlejitter", "timex"]
        let configuration = try directory.write(
            """
            [directories]
            \(places.joined(separator: "\n"))
            [global]
            run as user = \(NSUserName())
            [db]
            mode = ram
            [ml]
            enabled = no
            [health]
            enabled = no
            [web]
            default port = \(web)
            bind to = 127.0.0.1
            [plugins]
            enable running new plugins = no
            \(off.map { "\($0) = no" }.joined(separator: "\n"))
            [statsd]
            enabled = yes
            bind to = udp:127.0.0.1:\(port)
            """, to: "netdata.conf")
        process = try ChildProcess("netdata", ["-D", "-c", configuration])
        client = HTTPClient(port: web)
        try await waitUntil("netdata to listen") { [client] in
            (try? await client.get("/api/v1/data?chart=netdata.statsd_events").status) == 200
        }
    }

    /// What each dimension of a chart has added up to; `nil` while there is no such chart.
    package func sums(of chart: String) async throws -> [String: Double]? {
        let answer = try await client.get(
            "/api/v1/data?chart=\(chart)&after=-600&format=json&options=seconds")
        guard answer.status == 200,
            let data = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any],
            let labels = data["labels"] as? [String], let rows = data["data"] as? [[Any]]
        else { return nil }
        var sums: [String: Double] = [:]
        for row in rows {
            for (label, value) in zip(labels, row) {
                sums[label, default: 0] += (value as? NSNumber)?.doubleValue ?? 0
            }
        }
        return sums
    }
}
