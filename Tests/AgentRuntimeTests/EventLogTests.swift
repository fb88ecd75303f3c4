import AgentConfiguration
import Logging
import Redaction
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

/// What the default handlers write.
struct EventLogTests {
    private let bus = TelemetryBus()
    private let log: StructuredLog
    private let handlers: DefaultHandlers

    private final class Lines: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    private let written = Lines()

    init() {
        let written = written
        log = StructuredLog { bytes in written.bytes.withLock { $0 += bytes } }
        handlers = DefaultHandlers(bus, log: log, redactor: CurrentRedactor())
        handlers.apply(.standard)
        level(.debug)
    }

    private func level(
        _ level: LogConfiguration.Level, _ levels: [String: LogConfiguration.Level] = [:]
    ) {
        log.control.apply(
            LogConfiguration(
                format: .json, fields: .otel, level: level, levels: levels, maxBytes: 8 << 10))
    }

    private func apply(_ text: String) throws {
        let file = Array("{ \"handlers\": \(text) }".utf8)
        handlers.apply(try AgentConfiguration.parse(file, file: "agent.json").handlers)
    }

    /// "level category: message", with the fields asked for.
    private func messages(_ keys: String...) throws -> [String] {
        log.flush()
        let text = written.bytes.withLock { String(decoding: $0, as: UTF8.self) }
        return try text.split(separator: "\n").map { line in
            let object = try JSONReader.read(Array(line.utf8)).value
            let fields = keys.map { " \($0)=\(object["Attributes"]?[$0]?.string ?? "-")" }
            return (object["SeverityText"]?.string ?? "").lowercased() + " "
                + (object["InstrumentationScope"]?["Name"]?.string ?? "") + ": "
                + (object["Body"]?.string ?? "") + fields.joined()
        }
    }

    private func stop(_ status: String) {
        bus.execute(
            "net_auto.runner.stop", ["duration": 1_204_113_999],
            ["run_id": "no id", "site": "lab", "status": .string(status)], correlationID: "c1")
    }

    @Test func `runs are told of by how they went`() throws {
        bus.execute("net_auto.run.created", ["count": 1], ["run_id": "x"])
        bus.execute("net_auto.runner.start", ["system_time": 5, "queue_time": 2_000_000], [:])
        for status in ["ok", "canceled", "timeout", "error"] { stop(status) }
        bus.execute("net_auto.runner.error", ["duration": 5], ["kind": "spawn"])
        bus.execute("net_auto.run.chunk", ["bytes": 5], [:])
        bus.execute("net_auto.runner.other", ["bytes": 5], [:])
        #expect(
            try messages("duration_seconds", "status")
                == [
                    "debug agent.runs: run created duration_seconds=- status=-",
                    "debug agent.runs: run started duration_seconds=- status=-",
                    "debug agent.runs: run ended duration_seconds=1.204113 status=ok",
                    "info agent.runs: run canceled duration_seconds=1.204113 status=canceled",
                    "warn agent.runs: run timed out duration_seconds=1.204113 status=timeout",
                    "warn agent.runs: run failed duration_seconds=1.204113 status=error",
                    "error agent.runs: run could not be carried out duration_seconds=0.000000 status=-",
                ].map { $0.replacing("warn ", with: "warning ") })
    }

    @Test func `a category's level decides, and holds from the moment it is changed`() throws {
        level(.info, ["agent.runs": .error])
        for status in ["ok", "canceled", "error"] { stop(status) }
        #expect(try messages() == [])
        level(.info)
        for status in ["ok", "canceled", "error"] { stop(status) }
        #expect(
            try messages("correlation_id") == [
                "info agent.runs: run canceled correlation_id=c1",
                "warning agent.runs: run failed correlation_id=c1",
            ])
    }

    private func query(_ total: Measurement, _ result: String, _ key: String = "total_time") {
        bus.execute(
            "net_auto.repo.query", Measurements(dictionaryLiteral: (key, total)),
            ["source": "runs", "result": .string(result), "error_kind": "busy"])
    }

    @Test func `queries are told of where they failed, or took longer than the threshold`() throws {
        query(999_999_999, "ok")
        query(1_000_000_000, "ok")
        query(1.5e9, "ok")
        query(5, "error")
        query(2_000_000_000, "ok", "query_time")
        query(2_000_000_000, "ok", "rows")
        let slow = "warning agent.queries: slow query source=runs"
        #expect(
            try messages("source") == [
                slow, slow, "error agent.queries: query failed source=runs", slow,
            ])
    }

    @Test func `a new threshold holds once it is applied`() throws {
        try apply(#"{ "queries": { "events": ["my_app.*"], "slow_query": "1ms" } }"#)
        query(5_000_000_000, "ok")
        bus.execute("my_app.repo.query", ["total_time": 1_000_000], ["result": "ok"])
        #expect(try messages().count == 1)
    }

    @Test func `plugins and failing handlers are told of`() throws {
        bus.execute("agent.plugin.loaded", ["count": 1], ["plugin": "p"])
        bus.execute("agent.plugin.replaced", ["count": 1], ["plugin": "p"])
        bus.execute(
            "agent.plugin.refused", ["count": 1],
            ["plugin": "p", "reason": "no_note", "message": "it has no note"])
        bus.execute("agent.plugin.failed", ["count": 1], ["plugin": "p", "reason": "abandoned"])
        bus.execute("telemetry.handler.failure", [:], ["handler_id": "h"])
        #expect(
            try messages("plugin", "reason") == [
                "debug agent.plugins: plugin loaded plugin=p reason=-",
                "info agent.plugins: plugin replaced plugin=p reason=-",
                "error agent.plugins: plugin p refused: it has no note plugin=p reason=no_note",
                "error agent.plugins: plugin p failed: abandoned plugin=p reason=abandoned",
                "warning agent.plugins: handler failed plugin=- reason=-",
            ])
    }

    @Test func `sessions are told of from mount to end, and what failed in them`() throws {
        for word in [
            "mount.start", "mount.stop", "mount", "connected", "render", "handle_event.stop",
            "handle_event.exception", "stream_error", "disconnected",
        ] {
            bus.execute(
                try EventName("net_auto.liveview.\(word)"), ["lifetime": 2_000_000_000],
                ["view": "Home"])
        }
        #expect(
            try messages("lifetime_seconds")
                == [
                    "debug agent.sessions: session mounted",
                    "debug agent.sessions: session mounted",
                    "debug agent.sessions: session connected",
                    "warning agent.sessions: session failed in handle_event",
                    "warning agent.sessions: connection to a session failed",
                    "debug agent.sessions: session ended",
                ].map { $0 + " lifetime_seconds=2.000000" })
    }

    @Test func `what is detached writes nothing, and what is the same is not touched`() throws {
        #expect(
            bus.handlers(prefix: "net_auto").map(\.id) == [
                "agent.log.queries", "agent.log.runs", "agent.log.sessions",
            ])
        try apply(#"{ "runs": { "attached": false }, "plugins": { "attached": false } }"#)
        stop("error")
        bus.execute("agent.plugin.failed")
        #expect(try messages() == [])
        handlers.apply(.standard)
        stop("error")
        #expect(try messages().count == 1)
    }

    @Test func `secrets and other people's line ends stay out of the lines`() throws {
        bus.execute(
            "net_auto.runner.stop", ["duration": 1],
            [
                "status": "error", "password": "hunter22", "stacktrace": "one\ntwo",
                "site": "postgres://u:s3cretpw@h/db",
            ])
        let text = try messages("password", "site").joined()
        #expect(!text.contains("hunter22") && !text.contains("s3cretpw"))
        #expect(text.contains("password=[redacted]"))
        let raw = written.bytes.withLock { String(decoding: $0, as: UTF8.self) }
        #expect(raw.contains(#""exception.stacktrace":"one\ntwo""#), "\(raw)")
    }
}
