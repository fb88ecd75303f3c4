import Foundation
import TestSupport
import Testing

/// The live page as its files and its events go over HTTP.
@Suite(.serialized) struct LivePageTests {
    private func agent(_ plugins: [String] = ["LiveSession", "Prometheus"]) async throws
        -> RunningAgent
    {
        try await RunningAgent(
            AgentConfigurationText(
                http: #""listen": "127.0.0.1:0", "drain": "0s", "max_connections": 512"#,
                plugins: plugins.map { "{ \"plugin\": \"\($0)\" }" }))
    }

    @Test func `browsers get the page, programs the list of what there is`() async throws {
        let agent = try await agent()
        let page = try await agent.client.get("/", headers: ["Accept": "text/html,*/*;q=0.8"])
        #expect(page.status == 200 && page["Content-Type"] == "text/html; charset=utf-8")
        #expect(page.text.hasPrefix("<!doctype html>") && page["Vary"] == "Accept")
        let known = try await agent.client.get(
            "/", headers: ["Accept": "text/html", "If-None-Match": page["ETag"] ?? ""])
        #expect(known.status == 304 && known.body.isEmpty)
        let list = try await agent.client.get("/")
        #expect(list["Content-Type"] == "text/plain; charset=utf-8")
        #expect(list.text.contains("/v1/live") && list.text.contains("/metrics"))
    }

    @Test func `looking is guarded like everything that reads runs, and needs no secret here`()
        async throws
    {
        let agent = try await agent()
        for headers: KeyValuePairs<String, String> in [
            ["Host": "example.net"], ["Origin": "http://example.net"],
        ] {
            let refused = try await agent.client.get("/v1/live", headers: headers)
            #expect(refused.status == 403)
        }
        let other = try await agent.client.post("/v1/live/0123/events", #"{"event":"pause"}"#)
        #expect(other.status == 404)
        try await LiveClient.opening(1, port: agent.port) { clients in
            _ = try await clients[0].wait(for: "event: figures")
        }
    }

    @Test func `a session's life is what the LiveSession plugin measures`() async throws {
        let agent = try await agent()
        try await LiveClient.opening(3, port: agent.port) { clients in
            let shown = try await clients[0].wait(for: "event: figures")
            let session = try #require(shown.firstMatch(of: /"session":"([0-9a-f]{32})"/)).1
            for (body, status) in [
                (#"{"event":"pause"}"#, 204), (#"{"event":"resume"}"#, 204),
                (#"{"event":"jump"}"#, 400), (#"{"evnt":"pause"}"#, 400),
            ] {
                let answer = try await agent.client.post("/v1/live/\(session)/events", body)
                #expect(answer.status == status, "\(answer.text)")
            }
            // There is nothing that runs; that is told as a failure to follow the address.
            let params = try await agent.client.post("/v1/live/\(session)/params", "{}")
            #expect(params.status == 422)
            let samples = try await agent.samples()
            func live(_ name: String) -> Double { samples["live_session_\(name)"] ?? 0 }
            #expect(live(#"connected{view="overview"}"#) == 3)
            #expect(live(#"mount_seconds_count{view="overview",action="overview"}"#) == 3)
            #expect(live(#"handle_event_seconds_count{view="overview",event="pause"}"#) == 1)
            #expect(
                live(#"handle_event_exceptions_total{view="overview",event="unknown"}"#) == 1)
            #expect(live(#"handle_params_exceptions_total{view="overview",event="runs"}"#) == 1)
            #expect(live(#"patch_bytes_count{view="overview"}"#) >= 6)
            #expect(live(#"render_seconds_count{view="overview",event="page"}"#) >= 1)
            #expect(samples[#"live_session_backlog{view="overview"}"#] != nil)
        }
        try await waitUntil("the ends of the sessions") {
            let samples = try await agent.samples()
            return samples[#"live_session_connected{view="overview"}"#] == 0
                && samples[#"live_session_disconnects_total{view="overview",reason="closed"}"#] == 3
                && samples[#"live_session_lifetime_seconds_count{view="overview"}"#] == 3
        }
    }

    @Test func `200 pages are kept up to date while scrapes are answered`() async throws {
        let agent = try await agent()
        try await LiveClient.opening(200, port: agent.port) { clients in
            for client in clients { _ = try await client.wait(for: "event: figures") }
            #expect(try await agent.samples()[#"live_session_connected{view="overview"}"#] == 200)
            // Scrapes while all of them are served; each page goes on getting ticks.
            for _ in 0..<20 {
                #expect(try await agent.client.get("/metrics").status == 200)
            }
            for client in clients { _ = try await client.wait(for: "event: figures", times: 4) }
            let samples = try await agent.samples()
            // Written once for all of them: had each been rendered for itself, there would be 200 times as many.
            let rendered =
                samples
                .filter { $0.key.hasPrefix("live_session_render_seconds_count") }
                .values.reduce(0, +)
            let sent = samples[#"live_session_patch_bytes_count{view="overview"}"#] ?? 0
            #expect(sent > 20 * rendered, "\(sent) patches of \(rendered) renderings")
        }
    }

    @Test func `when the agent stops, the pages are let go of`() async throws {
        let agent = try await agent()
        try await LiveClient.opening(5, port: agent.port) { clients in
            for client in clients { _ = try await client.wait(for: "event: figures") }
            agent.process.terminate()
            for client in clients { try await client.waitForEnd() }
        }
        #expect(try await agent.process.wait() == .code(0))
    }
}
