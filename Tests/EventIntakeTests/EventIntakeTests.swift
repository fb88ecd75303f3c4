import Telemetry
import Testing

@testable import EventIntake

struct EventIntakeTests {
    private func decode(_ body: String, _ encoding: EventIntake.Encoding) throws -> (
        DecodeSummary, [String], IntakeCounts
    ) {
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, .all)
        let intake = EventIntake(bus: bus, settings: IntakeSettings())
        let summary = Array(body.utf8).withUnsafeBytes {
            intake.decode(body: $0, encoding: encoding)
        }
        return (summary, recorder.events.map(Decoded.describe), intake.accounting[.http])
    }

    @Test func `a body's good lines are applied, its bad ones named by line and column`() throws {
        let (summary, events, counts) = try decode(
            "a v=1i 17\nb v=\n\nc v=2i\n", .lineProtocol(precisionMultiplier: 1_000_000))
        #expect(events == ["a v=1 @17000000", "c v=2"])
        #expect(summary.received == 3 && summary.applied == 2 && summary.rejected == 1)
        #expect(summary.faults.map { "\($0.line):\($0.column)" } == ["2:5"])
        #expect(counts.received == 3 && counts.bytes == 23 && balances(counts))
    }

    @Test func `events that nobody wants are rejected, and no fault of their senders`() throws {
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, "wanted")
        let intake = EventIntake(bus: bus, settings: IntakeSettings())
        _ = Array("wanted v=1i\nother v=1i\nother v=1i\nbad\n".utf8).withUnsafeBytes {
            intake.decode(body: $0, encoding: .lineProtocol(precisionMultiplier: 1))
        }
        let counts = intake.accounting[.http]
        #expect(counts.rejectedInAll == 3 && counts.faulty == 1)
        #expect(recorder.events.count == 1)
    }

    @Test func `a JSON body is one event, an array or lines`() throws {
        for body in [
            #"[{"event":"a"},{"event":"b"}]"#, "{\"event\":\"a\"}\n{\"event\":\"b\"}",
            "[\n{\"event\":\n\"a\"},\n{\"event\":\"b\"}\n]\n",
        ] {
            let (summary, events, _) = try decode(body, .json)
            #expect(events == ["a", "b"])
            #expect(summary.received == 2)
        }
    }

    @Test func `an empty body is nothing, and only the first faults of many are kept`() throws {
        #expect(try decode("", .json).0.received == 0)
        #expect(try decode("", .lineProtocol(precisionMultiplier: 1)).0.received == 0)
        let (summary, _, counts) = try decode(
            String(repeating: "bad\n", count: 100), .lineProtocol(precisionMultiplier: 1))
        #expect(summary.faults.count == 10 && summary[.syntax] == 100)
        #expect(counts.rejected == [.syntax: 100])
    }

    @Test func `where one socket cannot be opened, none stays open`() throws {
        var settings = IntakeSettings()
        settings.udp = .init(host: "127.0.0.1", port: 0)
        settings.unixStream = .init(path: "/nowhere/at/all")
        let intake = EventIntake(bus: TelemetryBus(), settings: settings)
        #expect(throws: IntakeError.noSuchDirectory("/nowhere/at/all")) { try intake.start() }
        #expect(intake.udpPort == nil)
        intake.stop()
    }
}
