import AgentConfiguration
import Automation
import Repo
import Telemetry

extension LiveText {
    private static let schedulesLimit = 100

    /// What repeats; those that fail come first, so that they are seen where there are many.
    func schedules(_ states: [ScheduleState]) -> JSONValue {
        let sorted = states.enumerated().sorted {
            let (a, b) = (
                ($0.element.last?.failures ?? 0) > 0, ($1.element.last?.failures ?? 0) > 0
            )
            return a == b ? $0.offset < $1.offset : a
        }
        return .array(sorted.prefix(Self.schedulesLimit).map { schedule($0.element) })
    }

    private func schedule(_ state: ScheduleState) -> JSONValue {
        [
            "name": text(state.schedule.name), "device": text(state.schedule.deviceID),
            "every": .integer(state.schedule.every.nanoseconds / 1_000_000),
            "run": .text(state.last?.runID.text), "begun": time(state.last?.begunAt),
            "status": .text(state.last?.status?.rawValue), "reason": text(state.last?.reason),
            "failures": .integer(state.last?.failures ?? 0), "next": time(state.nextAt),
        ]
    }
}
