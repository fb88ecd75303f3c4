import Foundation
import TestSupport
import Testing

/// Secrets in every shape go in by every way there is, and come out nowhere.
@Suite(.serialized) struct SecretsTests {
    /// Something the agent gives out.
    private struct Output {
        let name: String
        let bytes: [UInt8]
        /// No secrets: a search that does not find these would not find anything.
        let neighbours: [String]
    }

    @Test(arguments: [
        (#"{ "format": "human", "level": "trace" }"#, "[]"),
        (#"{ "format": "json", "fields": "ecs", "level": "trace" }"#, "[]"),
        (#"{ "format": "json", "fields": "otel", "level": "trace" }"#, #"["*"]"#),
    ])
    func `no secret comes out, and what stands beside it does`(
        log: String, redactedEvents: String
    ) async throws {
        let scene = try await SecretsScene(log: log, redactedEvents: redactedEvents)
        var outputs: [Output] = []
        try await LiveClient.opening(1, port: scene.agent.port) { pages in
            let taps = [try await scene.tap(), try await scene.tap("--json")]
            try await scene.sendEvents()
            let runs = try await scene.startRuns()
            try await scene.askForTooMuch()
            try await scene.wait(for: runs)
            outputs = try await collect(scene, runs)
            outputs += try await watched(scene, pages[0], taps)
        }
        scene.agent.process.terminate()
        #expect(try await scene.agent.process.wait() == .code(0))
        outputs += [
            Output(
                name: "the log", bytes: scene.agent.process.bytes(.errors),
                neighbours: [SecretsScene.logNeighbour]),
            Output(
                name: "the store, closed", bytes: try scene.storeBytes(),
                neighbours: scene.neighbours(of: "http")),
        ]
        for output in outputs {
            // Grafana keeps what it was asked with.
            let isAsked = output.name == "Grafana"
            search(output, for: scene.secrets.filter { !isAsked || !scene.grafanaKey.contains($0) })
        }
    }

    private func collect(
        _ scene: SecretsScene, _ runs: SecretsScene.Runs
    ) async throws -> [Output] {
        let all = scene.corpus.rows.map(\.neighbour)
        var outputs = [
            Output(
                name: "/metrics", bytes: try await scene.get("/metrics"),
                neighbours: all + scene.ways),
            Output(
                name: "the store, open", bytes: try scene.storeBytes(),
                neighbours: scene.neighbours(of: "http")),
            Output(
                name: "StatsD, deltas", bytes: scene.deltas.bytes, neighbours: all + scene.ways),
            Output(
                name: "StatsD, updates", bytes: scene.updates.bytes, neighbours: all + scene.ways),
            Output(
                name: "Grafana", bytes: try await scene.grafana.everything(),
                neighbours: ["Board a"]),
            Output(
                name: "/v1/audit", bytes: try await scene.get("/v1/audit?limit=1000"),
                neighbours: scene.neighbours(of: "http")),
            Output(
                name: "/v1/runs", bytes: try await scene.get("/v1/runs?limit=1000"),
                neighbours: ["neighbour-words", "neighbour-script"]),
            Output(
                name: "/v1/plugins", bytes: try await scene.get("/v1/plugins"),
                neighbours: [SecretsScene.logNeighbour]),
            Output(
                name: "/v1/quota", bytes: try await scene.get("/v1/quota"),
                neighbours: ["neighbour-owner"]),
            Output(
                name: "/health/detailed", bytes: try await scene.get("/health/detailed"),
                neighbours: ["plugin:away", SecretsScene.logNeighbour]),
        ]
        for run in runs.talking {
            outputs.append(
                Output(
                    name: "/v1/runs/…/stream", bytes: try await scene.get("/v1/runs/\(run)/stream"),
                    neighbours: all))
        }
        return outputs
    }

    /// What those saw who looked on all the time.
    private func watched(
        _ scene: SecretsScene, _ page: LiveClient, _ taps: [ChildProcess]
    ) async throws -> [Output] {
        let all = scene.corpus.rows.map(\.neighbour)
        for tap in taps {
            try await waitUntil("all events in the tap") {
                let seen = Data(tap.bytes(.output))
                return all.allSatisfy { seen.range(of: Data($0.utf8)) != nil }
            }
        }
        let shown = try await page.wait(for: "neighbour-words")
        let top = try await scene.automated.command("top", "--once")
        #expect(top.exit == .code(0), "\(top.errors)")
        return taps.map {
            Output(
                name: $0.command, bytes: $0.bytes(.output) + $0.bytes(.errors),
                neighbours: all + scene.ways)
        } + [
            Output(
                name: "/v1/live", bytes: Array(shown.utf8),
                neighbours: ["neighbour-words", "neighbour-script"]),
            Output(
                name: "agent top", bytes: top.outputBytes, neighbours: ["corpus_seen_total"]),
        ]
    }

    private func search(_ output: Output, for secrets: [String]) {
        let data = Data(output.bytes)
        for neighbour in output.neighbours where data.range(of: Data(neighbour.utf8)) == nil {
            Issue.record("\(output.name) lacks \(neighbour): \(output.bytes.count) bytes")
        }
        for secret in secrets {
            guard let place = data.range(of: Data(secret.utf8)) else { continue }
            let around = max(0, place.lowerBound - 200)..<min(data.count, place.upperBound + 60)
            Issue.record(
                "\(output.name) has \(secret): \(String(decoding: data[around], as: UTF8.self))")
        }
    }
}
