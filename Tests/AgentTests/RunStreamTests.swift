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

    /// Asks and reads until all that came contains the text; the connection it came over goes on.
    private func beginning(
        of path: String, until text: String
    ) async throws -> (text: String, connection: Connection) {
        let connection = try Connection(.tcp, port: automated.agent.port)
        try connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return try await onOwnThread {
            var all = ""
            while !all.contains(text), case let more = try connection.receive(), !more.isEmpty {
                all += String(decoding: more, as: UTF8.self)
            }
            return (all, connection)
        }
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

    /// Secrets that two chunks share; the second begins once there is a file beside the script.
    private static let secretive = """
        printf 'begin\\npassword=hun'
        while [ ! -e "$0.go" ]; do sleep 0.05; done
        printf 'ter22 kept\\nsee https://ann:s3cretpw@example.net/x\\nTOKEN="two\\nwords" last'
        """
    private static let whole =
        "begin\npassword=hunter22 kept\nsee https://ann:s3cretpw@example.net/x\n"
        + "TOKEN=\"two\nwords\" last"
    private static let clean =
        "begin\npassword=[redacted] kept\nsee https://ann:[redacted]@example.net/x\n"
        + "TOKEN=\"[redacted]\" last"

    @Test func `secrets are taken out for who asks, also where two chunks share one`() async throws
    {
        let script = try automated.agent.directory.write(Self.secretive, to: "secretive.sh")
        let id = try await automated.start("sh \(script)")
        let path = "/v1/runs/\(id)/stream"
        async let followed = events("\(path)?redacted=true")
        _ = try await beginning(of: path, until: "event: chunk")
        _ = try automated.agent.directory.write("", to: "secretive.sh.go")

        let live = try await followed
        #expect(String(decoding: try live.output, as: UTF8.self) == Self.clean)
        let later = try await events("\(path)?redacted=true")
        #expect(String(decoding: try later.output, as: UTF8.self) == Self.clean)
        #expect(later.events.last?.id == "end")

        for query in ["", "?redacted=false"] {
            let raw = try await events(path + query)
            #expect(String(decoding: try raw.output, as: UTF8.self) == Self.whole)
            let first = SentEvents.Event(
                id: "1", name: "chunk", data: raw.events.first { $0.name == "chunk" }?.data ?? "")
            #expect(
                raw.events.contains(first)
                    && first.data.hasSuffix(#""text":"begin\npassword=hun"}"#))
        }
        let wrong = try await automated.agent.client.get("\(path)?redacted=maybe")
        #expect(wrong.status == 400)

        // Whoever comes back misses nothing, gets nothing twice, and no more of a secret than before.
        var seen: [UInt8] = []
        for chunk in later.events where chunk.name == "chunk" {
            seen += try SentEvents(chunk).output
            let rest = try await events("\(path)?redacted=true", lastEventID: chunk.id)
            #expect(String(decoding: seen + (try rest.output), as: UTF8.self) == Self.clean)
        }
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
        let (begun, connection) = try await beginning(
            of: "/v1/runs/\(id)/stream", until: #""status":"running""#)
        // Once it says where the run stands, whoever follows is being told.
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
