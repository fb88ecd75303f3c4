import Automation
import Repo

extension RunBoard {
    /// Reads what is shown from the store. What it cannot give is left out: the page says what comes.
    static func runs(of automation: AutomationRuntime, now: Int64) async -> [Run] {
        var runs = await automation.activeRuns()
        let queries: [(RunFilter, Int)] = [
            (RunFilter(), shown), (RunFilter(status: .error), shownFailures),
            (RunFilter(status: .timeout), shownFailures), (RunFilter(since: now &- window), 1000),
        ]
        for (filter, limit) in queries {
            runs += (try? await automation.store.runs(filter, limit: limit)) ?? []
        }
        return runs
    }
}
