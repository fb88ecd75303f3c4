import Foundation
import TestSupport
import Testing

/// Runs over HTTP: what is carried out, and what is refused.
@Suite(.serialized) struct RunRoutesTests {
    private let automated: AutomatedAgent

    init() async throws { automated = try await AutomatedAgent() }

    @Test func `a run is started, carried out, stored and listed`() async throws {
        let answer = try await automated.act(
            "POST", "/v1/runs",
            #"{"device_id": "strict", "command": ["echo", "a b", "c"], "requested_by": "me", "correlation_id": "x-1"}"#
        )
        #expect(answer.status == 201)
        let created = try automated.object(answer)
        let id = try #require(created["id"] as? String)
        #expect(answer["Location"] == "/v1/runs/\(id)")
        #expect(created["status"] as? String == "pending")
        let run = try await automated.run(id, until: "ok")
        #expect(run["device_id"] as? String == "strict" && run["site"] as? String == "edge")
        #expect(run["protocol"] as? String == "local")
        #expect(run["command"] as? [String] == ["echo", "a b", "c"])
        #expect(run["requested_by"] as? String == "me")
        #expect(run["correlation_id"] as? String == "x-1")
        #expect(run["exit_code"] as? Int == 0 && run["bytes"] as? Int == 6)
        for key in ["created_at", "started_at", "finished_at"] {
            #expect((run[key] as? String)?.hasSuffix("Z") == true)
        }
        let listed = try await automated.get("/v1/runs?device_id=strict&status=ok&since=10m")
        #expect((listed["runs"] as? [AutomatedAgent.Object])?.map { $0["id"] as? String } == [id])
        #expect(
            try await automated.get("/v1/runs?site=lab")["runs"] as? [AutomatedAgent.Object] != nil)
    }

    @Test func `the list is read in pages, the newest first`() async throws {
        var ids: [String] = []
        for number in 0..<5 {
            ids.append(try await automated.start("echo \(number)"))
            _ = try await automated.run(try #require(ids.last), until: "ok")
        }
        var read: [String] = []
        var path = "/v1/runs?limit=2"
        while true {
            let page = try await automated.get(path)
            let runs = try #require(page["runs"] as? [AutomatedAgent.Object])
            #expect(runs.count <= 2)
            read += runs.compactMap { $0["id"] as? String }
            guard let next = page["next"] as? String else { break }
            path = "/v1/runs?limit=2&before=\(next)"
        }
        #expect(read == ids.reversed())
    }

    private static let refused = [
        (#"{"device_id": "bax", "command": "x"}"#, 422, "unknown_device"),
        (#"{"device_id": "box", "command": ""}"#, 422, "bad_command"),
        (#"{"device_id": "box", "command": []}"#, 422, "bad_command"),
        (#"{"device_id": "box", "command": "  "}"#, 422, "bad_command"),
        (#"{"device_id": "box"}"#, 422, "command_missing"),
        (#"{"command": "x"}"#, 422, "device_missing"),
        (#"{"device_id": "strict", "command": ["rm", "-rf", "/"]}"#, 403, "command_not_allowed"),
        (#"{"device_id": "strict", "command": "echo-not x"}"#, 403, "command_not_allowed"),
        (#"{"device_id": "box", "command": "x", "colour": 1}"#, 400, "invalid"),
        (#"{"device_id": "box", "command": {"env": "PATH"}}"#, 400, "invalid"),
        (#"{"device_id": "box", "command": "x", "timeout": 5}"#, 400, "invalid"),
        (#"{"device_id": "box\u0000", "command": "x"}"#, 400, "invalid"), ("[]", 400, "invalid"),
        ("{", 400, "invalid"),
    ]

    @Test func `what cannot be run is answered with why, and nothing is stored`() async throws {
        for (body, status, code) in Self.refused {
            let answer = try await automated.act("POST", "/v1/runs", body)
            #expect(answer.status == status, "\(body): \(answer.text)")
            #expect(try automated.object(answer)["code"] as? String == code)
        }
        #expect(try await automated.runCount() == 0)
    }

    @Test func `an unknown device is told with the one that was probably meant`() async throws {
        let answer = try await automated.act(
            "POST", "/v1/runs", #"{"device_id": "bax", "command": "x"}"#)
        #expect(try automated.object(answer)["nearest"] as? String == "box")
    }

    @Test func `a body that is too large is refused`() async throws {
        let command = String(repeating: "x", count: 300_000)
        let answer = try await automated.act(
            "POST", "/v1/runs", #"{"device_id": "box", "command": "\#(command)"}"#)
        #expect(answer.status == 413)
    }

    // MARK: Who

    private static let strangers = [
        (["Authorization": ""], 401), (["Authorization": "Bearer 0123456789abcdef"], 401),
        (["Authorization": "Basic YTpi"], 401),
        (["Authorization": "", "Host": "evil.example"], 403),
        (["Origin": "http://evil.example"], 403), (["Origin": "null"], 403),
    ]

    @Test func `nobody acts without the token, or from a page of somebody else's`() async throws {
        let id = try await automated.start("sleep 60")
        _ = try await automated.run(id, until: "running")
        let trace = automated.agent.directory.path("trace")
        for (headers, status) in Self.strangers {
            for (path, body) in [
                ("/v1/runs", #"{"device_id": "box", "command": "touch \#(trace)"}"#),
                ("/v1/runs/\(id)/cancel", ""), ("/v1/quota/holds", #"{"site": "lab"}"#),
            ] {
                let answer = try await post(path, body, headers)
                #expect(answer.status == status, "\(path) \(headers): \(answer.text)")
                #expect(status == 403 || answer["WWW-Authenticate"] == "Bearer")
            }
        }
        #expect(try await automated.runCount() == 1)
        #expect(try await automated.get("/v1/runs/\(id)")["status"] as? String == "running")
        #expect(!FileManager.default.fileExists(atPath: trace))
        #expect(try await automated.active() == 1)
    }

    /// With the right headers but for these; an empty one is left out.
    private func post(
        _ path: String, _ body: String, _ headers: [String: String]
    ) async throws -> HTTPResponse {
        var fields = ["Host": "localhost", "Authorization": "Bearer \(automated.token)"]
        fields.merge(headers) { $1 }
        var head = "POST \(path) HTTP/1.1\r\nConnection: close\r\n"
        for (name, value) in fields where !value.isEmpty { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body.utf8.count)\r\n\r\n"
        return try HTTPResponse(
            try await automated.agent.client.exchange(Array("\(head)\(body)".utf8)))
    }

    @Test func `a page of somebody else's reads nothing of runs`() async throws {
        for path in ["/v1/runs", "/v1/quota", "/v1/devices"] {
            let answer = try await automated.agent.client.get(
                path, headers: ["Host": "evil.example"])
            #expect(answer.status == 403)
        }
    }

    // MARK: Ends

    @Test func `a run is canceled once, and only one there is`() async throws {
        let id = try await automated.start("sleep 60")
        _ = try await automated.run(id, until: "running")
        let answer = try await automated.act(
            "POST", "/v1/runs/\(id)/cancel", #"{"requested_by": "me"}"#)
        #expect(answer.status == 202)
        let run = try await automated.run(id, until: "canceled")
        #expect((run["message"] as? String)?.contains("me") == true)
        let again = try await automated.act("POST", "/v1/runs/\(id)/cancel")
        #expect(again.status == 409)
        #expect(try automated.object(again)["code"] as? String == "ended")
        for unknown in ["nonsense", "01a1fcd9-e7c9-7c13-ba6b-d7246882704e", "%2e%2e"] {
            let cancel = try await automated.act("POST", "/v1/runs/\(unknown)/cancel")
            #expect(cancel.status == 404)
            #expect(try await automated.agent.client.get("/v1/runs/\(unknown)").status == 404)
            #expect(
                try await automated.agent.client.get("/v1/runs/\(unknown)/stream").status == 404)
        }
    }

    @Test func `a query that cannot be understood is told`() async throws {
        for query in ["limit=0", "limit=x", "status=done", "since=soon", "before=1", "lmit=1"] {
            let answer = try await automated.agent.client.get("/v1/runs?\(query)")
            #expect(answer.status == 400, "\(query)")
        }
    }

    @Test func `devices are listed without what the agent keeps of them`() async throws {
        let devices = try #require(
            try await automated.get("/v1/devices")["devices"] as? [AutomatedAgent.Object])
        #expect(devices.map { $0["id"] as? String } == ["box", "strict"])
        #expect(devices[1]["commands"] as? [String] == ["echo **", "sleep *"])
    }
}
