import Foundation
import TestSupport
import Testing

/// `agent tap`, and what it asks: events of a running agent as they come.
@Suite(.serialized) struct TapTests {
    private let automated: AutomatedAgent

    init() async throws { automated = try await AutomatedAgent() }

    /// A tap that is open.
    private func tap(_ arguments: String...) async throws -> ChildProcess {
        let tap = try ChildProcess(agentExecutable, ["tap"] + arguments + automated.target)
        _ = try await tap.waitForLine(containing: "tapping")
        return tap
    }

    private func objects(_ output: String) throws -> [AutomatedAgent.Object] {
        try output.split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? AutomatedAgent.Object)
        }
    }

    private func emit(_ lines: String) async throws {
        let answer = try await automated.agent.client.post("/api/v2/write", lines)
        #expect(answer.status == 204 || answer.status == 400, "\(answer.text)")
    }

    @Test func `events from outside and of the agent itself are seen, by pattern`() async throws {
        let tap = try await tap("shop.*", "net_auto.run.created", "--json", "--count", "3")
        try await emit("shop.paid,site=lab amount=5i\nshop.paid amount=6.5\nother count=1i")
        let id = try await automated.start("true")
        #expect(try await tap.wait() == .code(0))
        let events = try objects(tap.output)
        #expect(
            events.map { $0["event"] as? String } == [
                "shop.paid", "shop.paid", "net_auto.run.created",
            ])
        #expect((events[0]["measurements"] as? [String: Int])?["amount"] == 5)
        #expect((events[0]["metadata"] as? [String: String])?["site"] == "lab")
        #expect((events[2]["metadata"] as? [String: String])?["run_id"] == id)
        #expect((events[2]["correlation_id"] as? String)?.isEmpty == false)
        #expect((events[2]["at"] as? String)?.hasSuffix("Z") == true)
    }

    @Test func `what is watched by nobody else still counts as unhandled, and secrets are hidden`()
        async throws
    {
        let tap = try await tap("--count", "1")
        let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
        let answer = try await automated.agent.client.post(
            "/v1/events",
            #"{"event":"shop.paid","measurements":{"n":1},"metadata":{"password":"hunter22","#
                + #""url":"https://u:s3cretpw@h/","note":"\#(token) \u001b[2J","site":"lab"}}"#)
        #expect(answer.text.contains("unhandled"), "\(answer.text)")
        #expect(try await tap.wait() == .code(0))
        let line = tap.output
        #expect(line.contains(" shop.paid n=1 ") && line.contains("password=[redacted]"), "\(line)")
        #expect(line.contains("site=lab") && !line.contains("\u{1B}"))
        for secret in ["hunter22", "s3cretpw", "ghp_abc"] { #expect(!line.contains(secret)) }
    }

    @Test func `a tap ends after its time, and its handler with it`() async throws {
        let started = ContinuousClock.now
        let quiet = try await automated.command("tap", "no.such", "--for", "300ms")
        #expect(quiet.exit == .code(0) && quiet.output == "")
        #expect(started.duration(to: .now) >= .milliseconds(300))
        // Nobody taps: an event of no handler reaches nothing, and one more tap finds its place.
        #expect(try await automated.command("tap", "--for", "1ms").exit == .code(0))
    }

    @Test func `it needs the token, and says what a pattern is`() async throws {
        let client = automated.agent.client
        #expect(try await client.get("/v1/tap").status == 401)
        let wrong = try await automated.command("tap", "a..b")
        #expect(
            wrong.exit == .code(1) && wrong.errors.contains("is not an event name"),
            "\(wrong.errors)")
        let unknown = try await automated.act("GET", "/v1/tap?patern=a")
        #expect(unknown.status == 400 && unknown.text.contains("did you mean \\\"pattern\\\""))
        #expect(try await automated.command("tap", "--for", "soon").exit != .code(0))
    }

    /// A tap that is open and not read any further.
    private func openTap(_ pattern: String) async throws -> (tap: Connection, seen: String) {
        let tap = try Connection(.tcp, port: automated.agent.port, patience: .seconds(180))
        try tap.send(
            "GET /v1/tap?pattern=\(pattern) HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer \(automated.token)\r\n\r\n")
        var seen = ""
        while !seen.contains("event: tapping") {
            let bytes = try await onOwnThread { try tap.receive(atMost: 4096) }
            seen += String(decoding: bytes, as: UTF8.self)
            if !seen.hasPrefix("HTTP/1.1 200") { break }
        }
        return (tap, seen)
    }

    @Test func `so many taps may be open and no more, and one that ends makes room`() async throws {
        var taps: [Connection] = []
        for _ in 0..<8 {
            let (tap, seen) = try await openTap("no.such")
            #expect(seen.hasPrefix("HTTP/1.1 200"), "\(seen)")
            taps.append(tap)
        }
        let late = try await automated.command("tap", "--count", "1")
        #expect(late.exit == .code(1) && late.errors.contains("8 taps are open"), "\(late.errors)")
        taps.removeLast()
        try await waitUntil("a place among the taps") {
            try await automated.act("GET", "/v1/tap?for=1ms").status == 200
        }
    }

    @Test
    func `a tapper that does not read loses the oldest, is told how many, and holds up nobody`()
        async throws
    {
        let (slow, seen) = try await openTap("flood")
        let text = String(repeating: "x", count: 400)
        var sent = 0
        for _ in 0..<60 {
            let lines = (0..<1000).map { "flood,text=\(text) n=\(sent + $0)i" }
            try await emit(lines.joined(separator: "\n"))
            sent += 1000
        }
        // What is read and what was lost is together what was sent.
        let (events, lost) = try await onOwnThread { [sent] in
            var (rest, events, lost) = (seen, 0, 0)
            while events + lost < sent {
                rest += String(decoding: try slow.receive(atMost: 1 << 20), as: UTF8.self)
                var blocks = rest.components(separatedBy: "\n\n")
                rest = blocks.removeLast()
                for block in blocks {
                    if block.contains("event: event\n") { events += 1 }
                    guard let count = block.firstMatch(of: /event: lost\ndata: {"count":(\d+)}/)
                    else { continue }
                    lost += Int(count.1) ?? 0
                }
            }
            return (events, lost)
        }
        #expect(events + lost == sent && lost > 0 && events >= 2048, "\(events), \(lost)")
    }
}
