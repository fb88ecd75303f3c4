import Foundation
import Glibc
import TestSupport
import Testing

/// Rules that a reload changes hold from then on: of the log, of redaction, of the pipeline, of health.
@Suite(.serialized) struct ReloadedRulesTests {
    private static let jobs = ReloadingAgent.counter("jobs_total", on: "job.done")
    private static let job = #"{ "event": "job.done", "measurements": { "count": 1 } }"#

    private static func text(_ top: String = "", _ metrics: [String] = [jobs])
        -> AgentConfigurationText
    {
        ReloadingAgent.text(metrics, top: top.isEmpty ? "" : top + ",")
    }

    // MARK: The log

    @Test func `levels, categories and the format of the log change`() async throws {
        let running = try await ReloadingAgent(Self.text())
        let process = running.agent.process
        let loaded = "the configuration was read again"
        #expect(try await running.use(Self.text(#""log": { "level": "critical" }"#)) == ["log"])
        // A category's own level goes before the level of all.
        let one = #""log": { "level": "critical", "levels": { "agent": "notice" } }"#
        #expect(try await running.use(Self.text(one)) == ["log"])
        _ = try await process.waitForLine(containing: loaded)
        let json = #""log": { "format": "json", "fields": "otel", "max_bytes": 256 }"#
        #expect(try await running.use(Self.text(json)) == ["log"])
        let line = try await process.waitForLine(containing: #""SeverityText""#)
        #expect(line.hasPrefix("{") && line.contains(loaded), "\(line)")
        // The first reload asked for silence, which held for its own message too.
        #expect(process.errors.components(separatedBy: loaded).count == 3, "\(process.errors)")
    }

    @Test func `handlers are attached and detached`() async throws {
        let running = try await ReloadingAgent(Self.text())
        let detached = #""handlers": { "plugins": { "attached": false } }"#
        #expect(try await running.use(Self.text(detached)) == ["handlers"])
        #expect(try await running.use(Self.text(detached)) == [])
        #expect(try await running.use(Self.text()) == ["handlers"])
    }

    // MARK: Redaction

    @Test func `what is a secret changes for labels, the log and the audit log`() async throws {
        let metric = #"""
            { "name": "notes_total", "kind": "counter", "help": "Some.", "event": "note.taken",
              "labels": ["note"] }
            """#
        let note =
            #"{ "event": "note.taken", "measurements": { "count": 1 }, "#
            + #""metadata": { "note": "pet=rex" } }"#
        let store = #""store": { "path": "agent.db" }"#
        let plain = Self.text(store, [metric])
        let secret = Self.text(store + #", "redaction": { "keys": ["pet"] }"#, [metric])
        let running = try await ReloadingAgent(plain)
        let agent = running.agent
        try await agent.send(note)
        #expect(try await running.use(secret) == ["redaction"])
        try await agent.send(note)
        let samples = try await agent.samples()
        let notes = samples.filter { $0.key.hasPrefix("notes_total") }
        #expect(notes == ["notes_total{note=\"pet=[redacted]\"}": 1], "\(notes)")

        // What is refused is told in the log and in the audit log by what holds, and in neither as it came.
        _ = try await running.refused(
            secret.text.replacing(#""store""#, with: #""pet=rex-2": 1, "store""#))
        _ = try await agent.process.waitForLine(containing: "the configuration stays as it was")
        #expect(!agent.process.errors.contains("rex-2"), "\(agent.process.errors)")
        let entry = try await running.entry("config.refused")
        #expect(!"\(entry)".contains("rex-2") && "\(entry)".contains("[redacted]"), "\(entry)")

        #expect(try await running.use(plain) == ["redaction"])
        try await agent.send(note)
        #expect(try await agent.samples()["notes_total{note=\"pet=rex\"}"] == 1)
    }

    // MARK: The pipeline

    @Test func `a rule's counts go on when it changes, and when it comes back`() async throws {
        func limited(_ perSecond: String) -> AgentConfigurationText {
            let rule = #"{ "events": "job.*", "per_second": \#(perSecond), "burst": 1 }"#
            return Self.text(#""pipeline": { "rate_limits": [\#(rule)] }"#)
        }
        let running = try await ReloadingAgent(limited("0.001"))
        func counts() async throws -> [Double?] {
            let samples = try await running.agent.samples()
            return ["passed", "dropped"].map {
                let labels = #"{stage="rate_limit",events="job.*",outcome="\#($0)"}"#
                return samples["agent_pipeline_events_total" + labels]
            }
        }
        func sendThree() async throws {
            let body = Array(repeating: Self.job, count: 3).joined(separator: "\n")
            _ = try await running.agent.client.request(
                "POST", "/v1/events", body: Array(body.utf8))
        }
        try await sendThree()
        #expect(try await counts() == [1, 2])
        // Another rate is another bucket, and a full one.
        #expect(try await running.use(limited("0.002")) == ["pipeline"])
        try await sendThree()
        #expect(try await counts() == [2, 4])
        // Gone and back between two scrapes.
        try await running.use(Self.text())
        try await running.use(limited("0.002"))
        try await sendThree()
        #expect(try await counts() == [3, 6])
        try await running.use(Self.text())
        #expect(try await counts() == [nil, nil])
    }

    // MARK: Health

    @Test func `criteria change at once, however long it was to the next look`() async throws {
        func text(_ limit: Int) -> AgentConfigurationText {
            Self.text(
                #"""
                "store": { "path": "agent.db" },
                "health": {
                  "interval": "300s", "patience": "0s",
                  "criteria": { "free_disk": { "limit": \#(limit), "severity": "failed" } }
                }
                """#)
        }
        let running = try await ReloadingAgent(text(0))
        func isReady(_ status: Int) async throws {
            try await waitUntil("/health/ready to answer \(status)") {
                try await running.agent.client.get("/health/ready").status == status
            }
        }
        try await isReady(200)
        #expect(try await running.use(text(1 << 50)) == ["health"])
        try await isReady(503)
        #expect(try await running.use(text(0)) == ["health"])
        try await isReady(200)
        // Runs that there may be at once are what free workers are counted by.
        var workers = Self.text(
            #"""
            "store": { "path": "agent.db" }, "runs": { "max_active": 1 },
            "health": {
              "interval": "300s", "patience": "0s", "required": ["runner"],
              "criteria": { "free_workers": { "limit": 2, "severity": "failed" } }
            }
            """#)
        #expect(try await running.use(workers) == ["health", "runs"])
        try await isReady(503)
        workers.top = workers.top.replacing(#""max_active": 1"#, with: #""max_active": 2"#)
        #expect(try await running.use(workers) == ["runs"])
        try await isReady(200)
    }
}
