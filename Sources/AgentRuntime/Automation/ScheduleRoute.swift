import AgentConfiguration
import Automation
import Redaction
import Repo

/// What repeats: the newest run of each schedule, how it ended, and when the next begins.
enum ScheduleRoute {
    static func endpoint(_ runtime: AutomationRuntime, redactor: CurrentRedactor) -> Endpoint {
        .get(
            "/v1/schedules", "The schedules: their last runs, and when the next begin.",
            access: .guarded
        ) { _ in
            let redactor = redactor.value
            return .json([
                "schedules": .array(runtime.scheduleStates.map { $0.json(redactor) })
            ])
        }
    }
}

extension ScheduleState {
    func json(_ redactor: Redactor) -> JSONValue {
        [
            "name": .string(schedule.name), "device_id": .string(schedule.deviceID),
            "command": schedule.command.json(redactor), "every": .duration(schedule.every),
            "jitter": .duration(schedule.jitter),
            "wait": .duration(schedule.wait ?? schedule.every),
            "timeout": .duration(schedule.timeout),
            "last": last.map { .object($0.json(redactor)) } ?? .null,
            "last_success_at": .moment(last?.succeededAt),
            "failures_in_a_row": .integer(last?.failures ?? 0),
            "missed": .integer(Int64(missed)), "next_at": .moment(nextAt),
        ]
    }
}

extension ScheduleRow {
    /// The newest run; its status is null while it waits for its turn or is under way.
    fileprivate func json(_ redactor: Redactor) -> JSONObject {
        [
            "run_id": .string(runID.text), "begun_at": .moment(begunAt),
            "status": .text(status?.rawValue), "reason": .text(reason.map(redactor.text)),
            "ended_at": .moment(endedAt),
        ]
    }
}

extension CommandText {
    fileprivate func json(_ redactor: Redactor) -> JSONValue {
        switch self {
        case .text(let text): .string(redactor.text(text))
        case .words(let words): .array(redactor.arguments(words).map { .string($0) })
        }
    }
}
