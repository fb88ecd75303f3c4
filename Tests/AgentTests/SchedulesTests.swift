import Foundation
import TestSupport
import Testing

/// What repeats, as the agent tells of it.
struct SchedulesTests {
    private static let top = #"""
        "devices": [{ "id": "box", "site": "lab", "local": { "shell": true } }],
        "schedules": [
            { "name": "bad", "device": "box", "command": "echo token=abcdefghijklmnop; exit 3", "every": "1s" },
            { "name": "daily", "device": "box", "command": ["true"], "every": "1d", "timeout": "9s" }
        ],
        """#

    @Test func `each schedule is shown with its last run, the result, and the next begin`()
        async throws
    {
        let automated = try await AutomatedAgent(Self.top)
        let schedules = try await waitFor("two failures and a success") {
            let answer = try await automated.get("/v1/schedules")
            let all = answer["schedules"] as? [AutomatedAgent.Object] ?? []
            let isDone =
                (all.first?["failures_in_a_row"] as? Int ?? 0) >= 2
                && all.last?["last_success_at"] is String
            return isDone ? all : nil
        }
        #expect(schedules.map { $0["name"] as? String } == ["bad", "daily"])
        #expect(schedules[0]["wait"] as? String == "1s")
        #expect((schedules[0]["command"] as? String)?.contains("abcdefghijklmnop") == false)
        #expect(schedules[1]["command"] as? [String] == ["true"])
        #expect(schedules[1]["timeout"] as? String == "9s")
        let last = try #require(schedules[1]["last"] as? AutomatedAgent.Object)
        #expect(last["status"] as? String == "ok" && last["run_id"] is String)
        #expect(schedules[1]["next_at"] is String)

        let shown = try await automated.command("schedules")
        #expect(shown.exit == .code(0), "\(shown.errors)")
        let lines = shown.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("NAME") == true && lines.count == 3, "\(shown.output)")
        #expect(lines.last?.contains(/^daily +box +1d +.*ok +/) == true, "\(shown.output)")

        let samples = try await automated.agent.samples()
        #expect((samples[#"agent_schedule_failures_in_a_row{schedule="bad"}"#] ?? 0) >= 2)
        #expect(samples[#"agent_schedule_failures_in_a_row{schedule="daily"}"#] == 0)
        #expect(samples[#"agent_schedule_interval_seconds{schedule="daily"}"#] == 86_400)
        #expect(samples[#"agent_schedule_runs_total{schedule="daily",status="ok"}"#] == 1)
        #expect(samples[#"agent_schedule_runs_total{schedule="daily",status="error"}"#] == 0)
        #expect(samples[#"agent_schedule_success_age_seconds{schedule="bad"}"#] != nil)
        #expect(samples[#"agent_schedule_missed_total{schedule="daily"}"#] == 0)
        try await LiveClient.opening(1, port: automated.agent.port) { clients in
            let shown = try await clients[0].wait(for: #""name":"daily""#)
            #expect(shown.contains(#""schedules":[{"name":"bad""#))
        }
    }
}
