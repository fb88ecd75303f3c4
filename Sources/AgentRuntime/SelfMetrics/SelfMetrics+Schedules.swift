import Automation
import Repo
import Telemetry

extension SelfMetrics {
    /// What became of the runs that repeat.
    func collectSchedules(_ states: [ScheduleState]) {
        guard !states.isEmpty else { return }
        let now = TelemetryClock.machine.system()
        for state in states {
            let name = state.schedule.name
            // There from the first look on, so that the first failure is a rise.
            for status in RunStatus.allCases where status.isFinal {
                let count = state.ended[status]
                guard count != nil || status == .ok || status == .error else { continue }
                reach(SelfMetric.scheduleRuns, [name, status.rawValue], count ?? 0)
            }
            reach(SelfMetric.scheduleMissed, [name], state.missed)
            set(SelfMetric.scheduleFailures, [name], state.last?.failures ?? 0)
            let (age, overflow) = now.subtractingReportingOverflow(state.goodSince)
            set(SelfMetric.scheduleSuccessAge, [name], overflow ? 0 : max(0, age))
            set(SelfMetric.scheduleInterval, [name], state.schedule.every.nanoseconds)
        }
    }
}
