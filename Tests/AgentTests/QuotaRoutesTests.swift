import Foundation
import TestSupport
import Testing

/// The quota over HTTP: limits that change, and places that are held by connections.
@Suite(.serialized) struct QuotaRoutesTests {
    private let automated: AutomatedAgent

    init() async throws { automated = try await AutomatedAgent() }

    /// A client that holds a place for as long as it lives.
    private func hold(_ body: String) async throws -> (Connection, String) {
        let connection = try Connection(.tcp, port: automated.agent.port)
        try connection.send(
            "POST /v1/quota/holds HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(automated.token)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        var text = ""
        while !text.contains("event: held"), !text.contains("\"code\"") {
            text += String(
                decoding: try await onOwnThread { try connection.receive() }, as: UTF8.self)
        }
        return (connection, text)
    }

    @Test func `a run that there is no room for is stored as refused, and says when to come back`()
        async throws
    {
        let held = [try await automated.start("sleep 60"), try await automated.start("sleep 60")]
        let answer = try await automated.act(
            "POST", "/v1/runs", #"{"device_id": "box", "command": "true"}"#)
        #expect(answer.status == 429)
        #expect(answer["Retry-After"] == "1")
        let refusal = try automated.object(answer)
        #expect(refusal["code"] as? String == "quota_exceeded:site")
        let run = try #require(refusal["run"] as? AutomatedAgent.Object)
        let id = try #require(run["id"] as? String)
        #expect(answer["Location"] == "/v1/runs/\(id)")
        let stored = try await automated.get("/v1/runs/\(id)")
        #expect(stored["status"] as? String == "error")
        #expect(stored["reason"] as? String == "quota_exceeded:site")
        #expect(stored["started_at"] is NSNull)
        #expect(try await automated.runCount() == held.count + 1)
    }

    @Test func `a run may wait for its place`() async throws {
        let held = [try await automated.start("sleep 60"), try await automated.start("sleep 60")]
        let answer = try await automated.act(
            "POST", "/v1/runs", #"{"device_id": "box", "command": "true", "wait": "60s"}"#)
        #expect(answer.status == 201)
        let id = try #require(try automated.object(answer)["id"] as? String)
        #expect(try await automated.get("/v1/runs/\(id)")["status"] as? String == "pending")
        #expect(try await automated.act("POST", "/v1/runs/\(held[0])/cancel").status == 202)
        _ = try await automated.run(id, until: "ok")
    }

    @Test func `limits change while runs go on, and evict nobody`() async throws {
        let held = [try await automated.start("sleep 60"), try await automated.start("sleep 60")]
        let lowered = try await automated.act(
            "PUT", "/v1/quota", #"{"global": 1, "sites": {"lab": 1}}"#)
        #expect(lowered.status == 200)
        #expect(try await automated.active() == 2)
        for id in held {
            #expect(try await automated.get("/v1/runs/\(id)")["status"] as? String == "running")
        }
        let refused = try await automated.act(
            "POST", "/v1/runs", #"{"device_id": "strict", "command": "echo x"}"#)
        #expect(try automated.object(refused)["code"] as? String == "quota_exceeded:global")
        let raised = try await automated.act("PUT", "/v1/quota", #"{"global": 9}"#)
        let state = try automated.object(raised)
        #expect((state["global"] as? AutomatedAgent.Object)?["limit"] as? Int == 9)
        let site = (state["sites"] as? [AutomatedAgent.Object])?.first {
            $0["site"] as? String == "lab"
        }
        #expect(site?["limit"] as? Int == 1)
        let samples = try await automated.agent.samples()
        #expect(samples[#"quota_limit{scope="global",site=""}"#] == 9)
    }

    /// The limits as they are: of all, of sites with their own, of other sites, of unknown ones.
    private func limits() async throws -> String {
        let state = try await automated.get("/v1/quota")
        let global = (state["global"] as? AutomatedAgent.Object)?["limit"] as? Int ?? -1
        let sites = (state["sites"] as? [AutomatedAgent.Object] ?? []).compactMap { site in
            (site["own_limit"] as? Int).map { "\(site["site"] ?? "")=\($0)" }
        }
        let others = (state["other_sites"] as? Int).map(String.init) ?? "none"
        return
            "\(global) [\(sites.joined(separator: " "))] \(others) \(state["unknown_sites"] ?? "")"
    }

    @Test func `a part of the limits changes, and null takes one away`() async throws {
        let steps = [
            ("PATCH", #"{"sites": {"nyc": 3}}"#, "4 [lab=2 nyc=3] none allowed"),
            ("PATCH", #"{"other_sites": 1, "global": 9}"#, "9 [lab=2 nyc=3] 1 allowed"),
            ("PATCH", "{}", "9 [lab=2 nyc=3] 1 allowed"),
            ("PATCH", #"{"sites": {"lab": null, "no": null}}"#, "9 [nyc=3] 1 allowed"),
            ("PATCH", #"{"other_sites": null}"#, "9 [nyc=3] none allowed"),
            ("PATCH", #"{"unknown_sites": "refused"}"#, "9 [nyc=3] none refused"),
            ("PUT", #"{"sites": {"lab": 1}, "other_sites": 2}"#, "9 [lab=1] 2 refused"),
            ("PUT", #"{"other_sites": null}"#, "9 [lab=1] none refused"),
            ("PUT", #"{"sites": {}}"#, "9 [] none refused"),
        ]
        for (method, body, expected) in steps {
            let answer = try await automated.act(method, "/v1/quota", body)
            #expect(answer.status == 200, "\(method) \(body): \(answer.text)")
            #expect(try await limits() == expected, "\(method) \(body)")
        }
        let put = try await automated.act("PUT", "/v1/quota", #"{"sites": {"lab": null}}"#)
        #expect(put.status == 400)
        let bare = try await automated.agent.client.request(
            "PATCH", "/v1/quota", body: Array(#"{"global": 1}"#.utf8))
        #expect(bare.status == 401)
        #expect(try await limits() == "9 [] none refused")
    }

    @Test func `of limits that are changed at once none is lost`() async throws {
        let sites = (1...24).map { "site-\($0)" }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for site in sites {
                group.addTask {
                    try await automated.act("PATCH", "/v1/quota", #"{"sites": {"\#(site)": 5}}"#)
                        .status
                }
            }
            for try await status in group { #expect(status == 200) }
        }
        let expected = sites.sorted().map { "\($0)=5" }.joined(separator: " ")
        #expect(try await limits() == "4 [lab=2 \(expected)] none allowed")
    }

    private static let impossible = [
        #"{"global": -1}"#, #"{"global": 1000001}"#, #"{"global": "5"}"#,
        #"{"sites": {"lab": 1.5}}"#,
        #"{"sites": []}"#, #"{"unknown_sites": "maybe"}"#, #"{"limit": 5}"#, "5", "{",
        #"{"sites": {"lab": "none"}}"#, #"{"other_sites": "none"}"#,
    ]

    @Test func `limits that cannot be change nothing`() async throws {
        let before = try await automated.agent.client.get("/v1/quota").text
        for body in Self.impossible {
            for method in ["PUT", "PATCH"] {
                let answer = try await automated.act(method, "/v1/quota", body)
                #expect(answer.status == 400, "\(method) \(body): \(answer.text)")
                #expect(try await automated.agent.client.get("/v1/quota").text == before)
            }
        }
    }

    private static let senseless = [
        ("PUT", "/v1/quota", #"{"sites": {"": 1}}"#, "bad_limits"),
        ("PUT", "/v1/quota", #"{"sites": {"token=hunter2hunter2": 1}}"#, "secret_site"),
        ("POST", "/v1/quota/holds", #"{"site": "token=hunter2hunter2"}"#, "secret_site"),
        ("POST", "/v1/quota/holds", #"{"owner": "me"}"#, "site_missing"),
    ]

    @Test
    func `what can be read and makes no sense is refused with its code, and repeats no secret`()
        async throws
    {
        let before = try await automated.agent.client.get("/v1/quota").text
        for (method, path, body, code) in Self.senseless {
            let answer = try await automated.act(method, path, body)
            #expect(answer.status == 422, "\(body): \(answer.text)")
            #expect(try automated.object(answer)["code"] as? String == code)
            #expect(!answer.text.contains("hunter2"))
            #expect(try await automated.agent.client.get("/v1/quota").text == before)
        }
    }

    @Test func `a place is held for as long as its connection lives`() async throws {
        var held: Connection? = try await hold(#"{"site": "lab", "owner": "upgrade"}"#).0
        #expect(try await automated.active() == 1)
        let holder = try #require(
            (try await automated.get("/v1/quota")["holders"] as? [AutomatedAgent.Object])?.first)
        #expect(holder["owner"] as? String == "upgrade")
        #expect(holder["lease"] is String && holder["run_id"] is NSNull)
        withExtendedLifetime(held) {}
        held = nil
        try await waitUntil("the place to be free") { try await automated.active() == 0 }
        try await waitUntil("the event") {
            try await automated.agent.samples()[
                #"quota_checkins_total{scope="site",site="lab",reason="owner_down"}"#] == 1
        }
    }

    @Test func `who gives a place back in order is no owner that died`() async throws {
        let (connection, text) = try await hold(#"{"scope": "global"}"#)
        let name = text.range(of: "\"lease\":\"").map {
            text[$0.upperBound...].prefix { $0 != "\"" }
        }
        let lease = try #require(name, "\(text)")
        #expect(try await automated.act("DELETE", "/v1/quota/holds/\(lease)").status == 204)
        #expect(try await automated.active() == 0)
        #expect(try await automated.act("DELETE", "/v1/quota/holds/\(lease)").status == 404)
        try await waitUntil("the event") {
            try await automated.agent.samples().contains { sample in
                sample.key.hasPrefix("quota_checkins_total{scope=\"global\"")
                    && sample.key.contains("normal") && sample.value == 1
            }
        }
        withExtendedLifetime(connection) {}
    }

    @Test func `a place that is waited for is told once it is there`() async throws {
        let first = try await hold(#"{"site": "lab"}"#)
        var second: (Connection, String)? = try await hold(#"{"site": "lab"}"#)
        let refused = try await hold(#"{"site": "lab"}"#)
        #expect(refused.1.hasPrefix("HTTP/1.1 429"))
        async let third = hold(#"{"site": "lab", "wait": "60s"}"#)
        try await waitUntil("someone to wait") {
            try await automated.get("/v1/quota")["waiting"] as? Int == 1
        }
        withExtendedLifetime(second) {}
        second = nil
        #expect(try await third.1.contains("event: held"))
        withExtendedLifetime(first) {}
    }

    @Test func `who waits and goes is waited for no longer`() async throws {
        let held = [try await hold(#"{"site": "lab"}"#), try await hold(#"{"site": "lab"}"#)]
        let body = #"{"site": "lab", "wait": "60s"}"#
        var waiting: Connection? = try Connection(.tcp, port: automated.agent.port)
        try waiting?.send(
            "POST /v1/quota/holds HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(automated.token)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        try await waitUntil("someone to wait") {
            try await automated.get("/v1/quota")["waiting"] as? Int == 1
        }
        withExtendedLifetime(waiting) {}
        waiting = nil
        try await waitUntil("nobody to wait") {
            try await automated.get("/v1/quota")["waiting"] as? Int == 0
        }
        #expect(held.count == 2)
    }

    @Test func `the environment overrides the limits of the file`() async throws {
        let other = try await AutomatedAgent(
            environment: [
                "NET_AUTO_AUTOMATION_GLOBAL_LIMIT": "7",
                "NET_AUTO_AUTOMATION_SITE_LIMITS": "lab=5,nyc=1",
            ])
        let state = try await other.get("/v1/quota")
        #expect((state["global"] as? AutomatedAgent.Object)?["limit"] as? Int == 7)
        let sites = try #require(state["sites"] as? [AutomatedAgent.Object])
        #expect(sites.map { "\($0["site"] ?? "") \($0["limit"] ?? "")" } == ["lab 5", "nyc 1"])
    }
}
