import AgentConfiguration
import Logging
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

struct StructuredLogTests {
    /// What was written, line by line.
    private final class Lines: Sendable {
        let bytes = Mutex<[UInt8]>([])
        let gate = Monitor(true)

        func write(_ new: [UInt8]) {
            _ = gate.wait(until: .max) { $0 ? true : nil }
            bytes.withLock { $0 += new }
        }

        var texts: [String] {
            bytes.withLock { String(decoding: $0, as: UTF8.self) }
                .split(separator: "\n").map(String.init)
        }
    }

    private let lines = Lines()
    private let log: StructuredLog

    init() {
        let lines = lines
        log = StructuredLog(room: 100) { lines.write($0) }
    }

    private func apply(
        _ fields: LogConfiguration.Fields, _ level: LogConfiguration.Level = .info,
        _ levels: [String: LogConfiguration.Level] = [:], format: LogConfiguration.Format = .json
    ) {
        log.control.apply(
            LogConfiguration(
                format: format, fields: fields, level: level, levels: levels, maxBytes: 400))
    }

    private func objects() throws -> [JSONValue] {
        log.flush()
        return try lines.texts.map { try JSONReader.read(Array($0.utf8)).value }
    }

    private struct Fault: Error, CustomStringConvertible {
        let description = "it broke with password=hunter22"
    }

    @Test func `a line of ECS has its three fields first and everything else by its names`() throws
    {
        apply(.ecs)
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        Correlation.$current.withValue(trace) {
            log.logger("agent.runs").warning(
                "a run\nfailed", error: Fault(),
                metadata: ["run_id": "r1", "traceback": "Traceback:\n  File \"x.py\"\nE: \"no\""])
        }
        let object = try #require(try objects().first)
        #expect(lines.texts.count == 1)
        let text = try #require(lines.texts.first)
        #expect(text.hasPrefix(#"{"@timestamp":""#))
        #expect(text.contains(#"Z","log.level":"warning","message":"a run\nfailed","#))
        #expect(object["log.logger"] == "agent.runs" && object["trace.id"] == .string(trace))
        #expect(object["error.stack_trace"] == "Traceback:\n  File \"x.py\"\nE: \"no\"")
        #expect(object["error.message"] == "it broke with password=[redacted]")
        #expect(object["error.type"] == "Fault" && object["labels"]?["run_id"] == "r1")
    }

    @Test func `a line of OpenTelemetry has severity, body, trace and attributes`() throws {
        apply(.otel, .trace)
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        log.logger("agent").error(
            "gone", metadata: ["correlation_id": "\(trace)", "a": ["b": "c"], "stacktrace": "s"])
        log.logger("agent").trace("step", metadata: ["correlation_id": "no trace"])
        let all = try objects()
        #expect(all[0]["SeverityText"] == "ERROR" && all[0]["SeverityNumber"] == 17)
        #expect(all[0]["Body"] == "gone" && all[0]["TraceId"] == .string(trace))
        #expect(all[0]["Attributes"]?["a.b"] == "c")
        #expect(all[0]["Attributes"]?["exception.stacktrace"] == "s")
        #expect(all[1]["SeverityNumber"] == 1 && all[1]["TraceId"] == nil)
        #expect(Int64(all[0]["Timestamp"]?.string ?? "") != nil)
    }

    @Test func `secrets are hidden and long texts cut, in messages and fields`() throws {
        apply(.ecs)
        log.logger("agent").info(
            "to https://u:hunter22@host/",
            metadata: [
                "password": "swordfish", "long": .string(String(repeating: "x", count: 999)),
            ])
        let object = try #require(try objects().first)
        let text = lines.texts.joined()
        #expect(!text.contains("hunter22") && !text.contains("swordfish"))
        #expect((object["labels"]?["long"]?.string?.utf8.count ?? 0) < 420)
    }

    @Test func `levels hold for a category and what is below, and change while it is used`() throws
    {
        let root = log.logger("agent")
        let runs = log.logger("agent.runs")
        let other = log.logger("agentx")
        apply(.ecs, .warning, ["agent": .debug, "agent.runs": .error])
        root.debug("1")
        runs.warning("-")
        other.info("-")
        apply(.ecs, .error, ["agent.runs": .trace])
        root.warning("-")
        runs.trace("2")
        var own = other
        own.logLevel = .info
        own.info("3")
        #expect(try objects().map { $0["message"] } == ["1", "2", "3"])
    }

    @Test func `who logs never waits: what finds no room is dropped, and told`() throws {
        apply(.ecs)
        lines.gate.withLock { $0 = false }
        let logger = log.logger("agent")
        for number in 0..<1000 { logger.info("\(number)") }
        lines.gate.withLock { $0 = true }
        let all = try objects()
        let messages = all.compactMap { $0["message"]?.string }
        let dropped = all.compactMap { $0["labels"]?["count"]?.string.flatMap { Int($0) } }
            .reduce(0, +)
        let numbers = messages.compactMap { Int($0) }
        #expect(numbers.count + dropped == 1000 && dropped >= 800)
        #expect(numbers == numbers.sorted())
        #expect(messages.contains { $0.hasPrefix("messages were dropped") })
    }

    @Test func `a critical message is written when the call returns`() {
        apply(.ecs, format: .human)
        log.logger("agent").critical("the end", metadata: ["why": "x y"])
        #expect(lines.texts.count == 1)
        #expect(lines.texts.first?.hasSuffix(#"critical the end why="x y""#) == true)
    }
}
