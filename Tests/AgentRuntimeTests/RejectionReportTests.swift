import EventIntake
import Telemetry
import Testing

@testable import AgentRuntime

struct RejectionReportTests {
    private let intake = EventIntake(bus: TelemetryBus(), settings: IntakeSettings())

    private func take(_ lines: String) {
        Array(lines.utf8).withUnsafeBytes {
            _ = intake.decode(body: $0, encoding: .lineProtocol(precisionMultiplier: 1))
        }
    }

    @Test func `each look tells what is new since the last, by source and reason`() {
        var report = RejectionReport()
        #expect(report.update(intake.accounting.snapshot()).isEmpty)
        take("a.b count=1i\na.b count=oops\na.b count=oops\n")
        #expect(
            report.update(intake.accounting.snapshot()) == [
                .init(source: "http", reason: "syntax", count: 2),
                .init(source: "http", reason: "unhandled", count: 1),
            ])
        #expect(report.update(intake.accounting.snapshot()).isEmpty)
        take("a.b count=oops\n")
        #expect(
            report.update(intake.accounting.snapshot())
                == [.init(source: "http", reason: "syntax", count: 1)])
    }
}
