import Foundation
import TestSupport
import Testing

/// A run's output as server-sent events, over real sockets.
@Suite(.serialized) struct RunStreamTests {
    private let automated: AutomatedAgent

    init() async throws { automated = try await AutomatedAgent() }

    private func events(_ path: String, lastEventID: String? = nil) async throws -> SentEvents {
        let answer =
            if let lastEventID {
                try await automated.agent.client.get(path, headers: ["Last-Event-ID": lastEventID])
            } else { try await automated.agent.client.get(path) }
        #expect(answer.status == 200 && answer["Content-Type"] == "text/event-stream")
        return SentEvents(answer.text)
    }

    @Test func `output comes whole and in order, whatever its bytes, and then the end`()
        async throws
    {
        let script =
            #"echo one; printf '\377\000\n'; sleep 0.2; printf 'zwei \303'; sleep 0.2; printf '\274'; exit 3"#
        let id = try await automated.start(script)
        let live = try await events("/v1/runs/\(id)/stream")
        let expected = Array("one\n".utf8) + [0xFF, 0, 0x0A] + Array("zwei ü".utf8)
        #expect(try live.output == expected)
        let last = try #require(live.events.last)
        #expect(last.name == "status" && last.id == "end")
        #expect(last.data.contains(#""status":"error""#) && last.data.contains(#""exit_code":3"#))
        let numbers = live.events.filter { $0.name == "chunk" }.map(\.id)
        #expect(numbers == (1...numbers.count).map { "\($0)" })
        #expect(try await events("/v1/runs/\(id)/stream").output == expected)
    }

    @Test func `who comes back goes on behind what it had, and is told when there is no more`()
        async throws
    {
        let id = try await automated.start("for i in 1 2 3 4; do echo $i; sleep 0.2; done")
        _ = try await automated.run(id, until: "ok")
        let all = try await events("/v1/runs/\(id)/stream")
        let count = all.events.filter { $0.name == "chunk" }.count
        #expect(count >= 2)
        let rest = try await events("/v1/runs/\(id)/stream", lastEventID: "1")
        #expect(rest.events == Array(all.events.drop { $0.id == "1" }))
        let asQuery = try await events("/v1/runs/\(id)/stream?after=1")
        #expect(asQuery.events == rest.events)
        let end = try await events("/v1/runs/\(id)/stream", lastEventID: "\(count)")
        #expect(end.events.map(\.name) == ["status"])
        let after = try await automated.agent.client.get(
            "/v1/runs/\(id)/stream", headers: ["Last-Event-ID": "end"])
        #expect(after.status == 204)
        let wrong = try await automated.agent.client.get(
            "/v1/runs/\(id)/stream", headers: ["Last-Event-ID": "x"])
        #expect(wrong.status == 400)
    }

    @Test func `a client that does not read holds up neither the run nor the agent`() async throws {
        let id = try await automated.start(
            "yes 0123456789012345678901234567890123456789 | head -c 3000000")
        let standing = try await (0..<20).asyncMap { _ in
            try await StandingClient.reading("/v1/runs/\(id)/stream", port: automated.agent.port)
        }
        let run = try await automated.run(id, until: "ok", "error")
        #expect(run["bytes"] as? Int == 3_000_000)
        #expect(try await events("/v1/runs/\(id)/stream").output.count == 3_000_000)
        withExtendedLifetime(standing) {}
    }

    @Test func `when the agent stops, who follows is let go of`() async throws {
        let id = try await automated.start("sleep 60")
        _ = try await automated.run(id, until: "running")
        let connection = try Connection(.tcp, port: automated.agent.port)
        try connection.send("GET /v1/runs/\(id)/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        // Once it says where the run stands, whoever follows is being told.
        let begun = try await onOwnThread { () throws -> String in
            var text = ""
            while !text.contains(#""status":"running""#) {
                let more = try connection.receive()
                if more.isEmpty { break }
                text += String(decoding: more, as: UTF8.self)
            }
            return text
        }
        #expect(begun.contains(#""status":"running""#), "\(begun)")
        automated.agent.process.terminate()
        let rest = try await onOwnThread { try connection.receiveToEnd() }
        #expect(String(decoding: rest, as: UTF8.self).contains(#""status":"canceled""#))
        #expect(try await automated.agent.process.wait() == .code(0))
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(
        _ transform: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
