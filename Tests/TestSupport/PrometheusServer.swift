import Foundation

/// A real Prometheus server (Debian's package `prometheus`) that scrapes once a second.
package final class PrometheusServer: Sendable {
    /// One series of an instant vector.
    package struct Sample: Sendable {
        package let labels: [String: String]
        package let value: Double
    }

    /// What the server thinks of one thing it scrapes.
    package struct Target: Sendable {
        package let health: String
        package let lastError: String
    }

    /// The server did not take a query; says why.
    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: UInt16
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts a server; returns when it listens.
    ///
    /// - Parameters:
    ///   - scrapeConfig: What a job adds to its address, each line of YAML indented as at the top
    ///     level, such as `authorization: {credentials: secret}`.
    package init(scraping target: UInt16, path: String = "/metrics", scrapeConfig: String = "")
        async throws
    {
        directory = try TemporaryDirectory()
        let extra = scrapeConfig.split(separator: "\n").map { "    \($0)\n" }.joined()
        let configuration = try directory.write(
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: test
                metrics_path: \(path)
                static_configs: [{targets: ["127.0.0.1:\(target)"]}]
            \(extra)
            """, to: "prometheus.yml")
        process = try ChildProcess(
            "prometheus",
            [
                "--config.file=\(configuration)",
                "--storage.tsdb.path=\(directory.path("data"))",
                "--web.listen-address=127.0.0.1:0",
                "--log.format=logfmt",
            ])
        port = try await process.listeningPort()
        try await waitUntil("prometheus to be ready") { [client = HTTPClient(port: port)] in
            try await client.get("/-/ready").status == 200
        }
    }

    /// The instant vector, or the scalar as one sample, that an expression yields now.
    package func query(_ expression: String) async throws -> [Sample] {
        let data = try await get("/api/v1/query?query=\(escaped(expression))")
        let result = data["result"] as? [Any] ?? []
        if data["resultType"] as? String == "scalar" {
            return number(result).map { [Sample(labels: [:], value: $0)] } ?? []
        }
        return result.compactMap { element in
            guard let series = element as? [String: Any],
                let labels = series["metric"] as? [String: String],
                let value = number(series["value"])
            else { return nil }
            return Sample(labels: labels, value: value)
        }
    }

    /// What it scrapes, with the error of the last scrape.
    package func targets() async throws -> [Target] {
        let targets = try await get("/api/v1/targets")["activeTargets"] as? [[String: Any]] ?? []
        return targets.map {
            Target(
                health: $0["health"] as? String ?? "", lastError: $0["lastError"] as? String ?? "")
        }
    }

    private func get(_ path: String) async throws -> [String: Any] {
        let response = try await HTTPClient(port: port).get(path)
        let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard response.status == 200, let data = answer?["data"] as? [String: Any] else {
            throw Refused(description: "\(path): \(response.status) \(response.text)")
        }
        return data
    }

    /// The number in a pair of time and number, which JSON carries as text.
    private func number(_ pair: Any?) -> Double? {
        ((pair as? [Any])?.last as? String).flatMap { Double($0) }
    }

    private func escaped(_ expression: String) -> String {
        expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
