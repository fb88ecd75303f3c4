import AgentConfiguration
import Testing

@testable import AgentRuntime

struct SchedulesCommandTests {
    /// Noon of 2026-01-31.
    private let now: Int64 = 1_769_860_800_000_000_000

    private func text(_ schedule: JSONValue) -> String {
        SchedulesCommand.text(["schedules": .array([schedule])], now: now, width: nil)
            .split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test func `today's times are short, and failures in a row are counted`() {
        let failing: JSONValue = [
            "name": "backup", "device_id": "box", "every": "1d",
            "last": [
                "begun_at": "2026-01-30T23:00:00.000000Z", "status": "error", "reason": "exit_code",
            ],
            "failures_in_a_row": 4, "next_at": "2026-01-31T23:00:00.000000Z",
        ]
        #expect(
            text(failing)
                == "backup  box     1d     2026-01-30T23:00:00  error exit_code (4)  23:00:00")
    }

    @Test func `what has not run, or is under way, says so`() {
        let fresh: JSONValue = ["name": "a", "device_id": "b", "every": "1h", "last": .null]
        #expect(text(fresh).split(separator: " ") == ["a", "b", "1h", "-", "-", "-"])
        let busy: JSONValue = [
            "name": "a", "device_id": "b", "every": "1h",
            "last": ["begun_at": "2026-01-31T11:00:00.000000Z", "status": .null],
        ]
        #expect(text(busy).contains("11:00:00  under way  -"))
        #expect(SchedulesCommand.text(["schedules": []], now: now, width: 80) == "no schedules\n")
    }
}
