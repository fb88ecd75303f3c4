import Synchronization
import Telemetry

/// Replays the events of a quota server, in the order in which they come, against the plainest model of one, and
/// remembers what the model would not have done.
final class QuotaReplay: Sendable {
    struct Account: Sendable {
        var globalLimit = 0
        var limits: [String: Int] = [:]
        var active: [String: Int] = [:]
        var runs: Set<String> = []
        var counts: [String: Int] = [:]
        var faults: [String] = []

        var globalActive: Int { active.values.reduce(0, +) }
    }

    private let state = Mutex(Account())
    var account: Account { state.withLock { $0 } }

    init(_ bus: TelemetryBus) throws {
        try bus.attach("replay", to: ["net_auto.quota.*"]) { [weak self] event in
            let event = RecordedEvent(event)
            self?.state.withLock { Self.replay(event, &$0) }
        }
    }

    private static func replay(_ event: RecordedEvent, _ account: inout Account) {
        let told = QuotaTold(event)
        let run = event.metadata["run_id"].map { "\($0)" } ?? ""
        account.counts[told.name, default: 0] += 1
        var isRight = true
        switch told.name {
        case "net_auto.quota.limits":
            let limit = told.number("limit") ?? -1
            if told.scope == "global" {
                account.globalLimit = limit
            } else {
                account.limits[told.site] = limit
            }
            return
        case "net_auto.quota.checked_out":
            account.active[told.site, default: 0] += 1
            isRight =
                account.globalActive <= account.globalLimit && fits(told, account)
                && account.runs.insert(run).inserted
        case "net_auto.quota.checked_in":
            account.active[told.site, default: 0] -= 1
            isRight = account.runs.remove(run) != nil
        case "net_auto.quota.rejected":
            isRight =
                told.scope == "global"
                ? account.globalActive >= account.globalLimit
                : (account.active[told.site] ?? 0) >= (account.limits[told.site] ?? .max)
        default:
            isRight = false
        }
        let site = told.site.isEmpty ? nil : account.active[told.site] ?? 0
        isRight =
            isRight && told.number("global_active") == account.globalActive
            && told.number("site_active") == site
        if !isRight, account.faults.count < 10 {
            account.faults.append("\(event) where \(account.active) are active")
        }
    }

    /// Whether a site has not more than its limit. What counts against everything alone has no site.
    private static func fits(_ told: QuotaTold, _ account: Account) -> Bool {
        guard told.scope == "site" else { return true }
        return (account.active[told.site] ?? 0) <= (account.limits[told.site] ?? 0)
    }
}
