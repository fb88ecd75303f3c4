import AgentConfiguration
import Logging
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

/// What of an event stands in a line of the log.
struct EventFieldsTests {
    private let bus = TelemetryBus(clock: TelemetryClock(monotonic: { 0 }, system: { 77 }))
    private let keeper = CopyKeeper()

    init() throws {
        try bus.attach(EventWatch(id: "w", clock: bus.clock, watcher: keeper), to: ["*"])
    }

    /// The last event that was emitted.
    private func event(without unsaid: Set<String> = []) throws -> LoggedEvent {
        let copies = keeper.copies.withLock { $0 }
        let copy = try #require(copies.last)
        return LoggedEvent(copy, EventFields(copy.keys, without: unsaid))
    }

    private func texts(without unsaid: Set<String> = []) throws -> [String] {
        try event(without: unsaid).texts.map { "\($0.key)=\($0.value)" }
    }

    @Test func `fields stand in the order of their names, durations in seconds`() throws {
        bus.execute(
            "a.b",
            [
                "queue_time": 1_204_113_999, "lifetime": -5_000, "rows": -7, "ratio": 0.25,
                "decode_time": 2.5, "system_time": 5, "monotonic_time": 6,
            ], ["site": "lab", "absent": .null, "deep": ["x": ["y": true]], "empty": ""],
            correlationID: "c-1")
        #expect(
            try texts() == [
                "correlation_id=c-1", "decode_time=2.5", "deep.x.y=true", "empty=",
                "lifetime_seconds=-0.000005", "queue_time_seconds=1.204113", "ratio=0.25",
                "rows=-7", "site=lab",
            ])
        #expect(try texts(without: ["rows", "site", "correlation_id"]).count == 6)
    }

    @Test func `of several with one name, the one that says most is told`() throws {
        bus.execute(
            "a", ["bytes": 5, "held": 1_000_000],
            ["bytes": "metadata", "held_seconds": "metadata", "correlation_id": "metadata"],
            correlationID: "own")
        #expect(try texts() == ["bytes=5", "correlation_id=own", "held_seconds=0.001000"])
        bus.execute("a", ["held": 2.5], ["held_seconds": "metadata", "correlation_id": "metadata"])
        #expect(
            try texts() == ["correlation_id=metadata", "held=2.5", "held_seconds=metadata"])
    }

    @Test func `an event's line is the line of its fields`() throws {
        bus.execute(
            "a", ["duration": 5_000_000_000, "bytes": 17],
            [
                "run_id": "r1", "password": "hunter22", "error.message": "it \"broke\"\n",
                "url": "https://u:hunter22@host/",
                "long": .string(String(repeating: "é", count: 99)),
            ], correlationID: "4bf92f3577b34da6a3ce929d0e0e4736")
        let event = try event()
        let direct = LogRecord(time: 77, level: .info, category: "c", message: "m", event: event)
        var other = LogRecord(time: 77, level: .info, category: "c", message: "m")
        for (key, value) in event.texts { other.metadata[key] = .string(value) }
        for form in [
            (LogConfiguration.Format.json, LogConfiguration.Fields.ecs), (.json, .otel),
            (.human, .ecs),
        ] {
            var format = LogFormat(
                LogControl.Settings(
                    configuration: LogConfiguration(
                        format: form.0, fields: form.1, level: .trace, levels: [:], maxBytes: 60)))
            var lines: [[UInt8]] = [[], [], []]
            format.append(direct, to: &lines[0])
            format.append(other, to: &lines[1])
            format.append(direct, to: &lines[2])
            let text = String(decoding: lines[0], as: UTF8.self)
            #expect(lines[0] == lines[1] && lines[0] == lines[2], "\(text)")
            #expect(!text.contains("hunter22") && text.contains("[cut]"), "\(text)")
        }
    }

    @Test func `fields of handlers that are gone are not kept for ever`() throws {
        var format = LogFormat(LogControl.Settings())
        bus.execute("a", ["n": 1], ["site": "lab"])
        for _ in 0..<3 * LogFormat.eventRoom {
            var bytes: [UInt8] = []
            format.append(
                LogRecord(time: 77, level: .info, category: "c", message: "m", event: try event()),
                to: &bytes)
            #expect(bytes.count > 0 && format.keptEvents <= LogFormat.eventRoom)
        }
    }

    @Test func `a field of the message wins over the event's`() throws {
        bus.execute("a", [:], ["site": "lab", "run_id": "r1"])
        var record = LogRecord(time: 0, level: .info, category: "c", message: "m")
        record.event = try event()
        record.metadata = ["site": "chi1", "command": "uptime"]
        #expect(
            record.fields.map { "\($0.key)=\($0.value)" }
                == ["command=uptime", "run_id=r1", "site=chi1"])
    }

    @Test(
        arguments: [0, 1, -1, 9, 10, -10, 999_999, 1_000_000, 1_204_113_999, .max, .min] as [Int64])
    func `a number is written as its digits`(number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Decimal.room) { room in
            #expect(
                String(decoding: Decimal.write(number, into: room), as: UTF8.self) == "\(number)")
            let micros = number.magnitude / 1000
            let fraction = "\(micros % 1_000_000)"
            let seconds =
                "\(number < 0 ? "-" : "")\(micros / 1_000_000)."
                + String(repeating: "0", count: 6 - fraction.count) + fraction
            #expect(
                String(decoding: Decimal.writeSeconds(of: number, into: room), as: UTF8.self)
                    == seconds)
        }
    }

    @Test func `a moment is written the same whatever was written before it`() {
        var random = SeededGenerator(seed: 7)
        var clock = LogClock()
        var time: Int64 = 1_770_000_000_999_999_999
        for _ in 0..<2000 {
            time += Int64.random(in: -1_500_000_000...1_500_000_000, using: &random)
            if Int.random(in: 0..<50, using: &random) == 0 { time = -time }
            for digits in [3, 6] {
                var bytes: [UInt8] = []
                clock.append(time, digits: digits, to: &bytes)
                #expect(
                    String(decoding: bytes, as: UTF8.self) == Timestamp.text(time, digits: digits))
            }
        }
    }
}
