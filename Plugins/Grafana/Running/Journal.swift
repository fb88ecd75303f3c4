import PluginKit

/// Tells people what became of each push: in the log where it is news, in the status, in the agent's own metrics.
/// Nothing it says holds a secret.
final class Journal {
    private let host: Host
    private let redaction: Redaction
    private let pushes: SelfMetric
    private let failures: SelfMetric
    private let dashboards: SelfMetric
    private var lastTrouble: String?
    private var lastAnnotationTrouble: String?
    private var lastResults: [String: PushReport.Result] = [:]
    private var lastFaults: [String: String] = [:]

    init(_ host: Host, _ redaction: Redaction) {
        self.host = host
        self.redaction = redaction
        pushes = host.selfMetric(
            .counter, "pushes_total", "Times Grafana was compared and brought up to date.")
        failures = host.selfMetric(
            .counter, "push_failures_total", "Times that could not be finished.")
        dashboards = host.selfMetric(
            .counter, "dashboards_saved_total", "Dashboards created or changed in Grafana.")
    }

    /// A push that could not be finished. Said once for as long as the reason is the same.
    func trouble(_ reason: String, _ wait: Duration) {
        let reason = redaction(reason)
        failures.add(1)
        host.status.set(.degraded(why: reason))
        guard reason != lastTrouble else { return }
        lastTrouble = reason
        host.log.warning(
            "nothing can be pushed now; it is tried again and again",
            ["reason": reason, "next_try_in": "\(wait)"])
    }

    func finished(_ report: PushReport, _ faults: [(name: String, reason: String)]) {
        if lastTrouble != nil { host.log.info("Grafana can be talked to again") }
        lastTrouble = nil
        if report.isWorthRetrying { failures.add(1) } else { pushes.add(1) }
        var shortcomings: [String] = []
        for fault in faults {
            let reason = redaction(fault.reason)
            shortcomings.append("\(fault.name): \(reason)")
            guard lastFaults[fault.name] != reason else { continue }
            host.log.warning("a dashboard cannot be used", ["name": fault.name, "reason": reason])
        }
        lastFaults = Dictionary(faults.map { ($0.name, redaction($0.reason)) }) { first, _ in first
        }
        for (uid, result) in report.results {
            if let shortcoming = say(uid, result, isNews: lastResults[uid] != result) {
                shortcomings.append("\(uid): \(shortcoming)")
            }
        }
        lastResults = Dictionary(report.results.map { ($0.uid, $0.result) }) { first, _ in first }
        host.status.set(
            shortcomings.isEmpty
                ? .ok : .degraded(why: shortcomings.prefix(3).joined(separator: "; ")))
    }

    /// Said once for as long as the reason is the same.
    func annotationPutOff(_ reason: String) {
        let reason = redaction(reason)
        guard reason != lastAnnotationTrouble else { return }
        lastAnnotationTrouble = reason
        host.log.warning(
            "the annotation of the agent's start is tried again", ["reason": reason])
    }

    func annotationRefused(_ reason: String) {
        host.log.warning(
            "Grafana takes no annotation of the agent's start", ["reason": redaction(reason)])
    }

    /// Answers what is not as it should be.
    private func say(_ uid: String, _ result: PushReport.Result, isNews: Bool) -> String? {
        switch result {
        case .unchanged, .would: return nil
        case .created: saved("dashboard created", uid)
        case .updated: saved("dashboard brought up to date", uid)
        case .copied(let copy):
            saved("dashboard brought up to date; what people made of it is kept as \(copy)", uid)
        case .removed: host.log.info("dashboard removed that is pushed no more", ["uid": uid])
        case .kept:
            if isNews {
                host.log.info("dashboard was changed in Grafana and stays so", ["uid": uid])
            }
        case .superseded:
            if isNews {
                host.log.info("another agent pushed this dashboard in its own form", ["uid": uid])
            }
        case .refused(let why), .failed(let why):
            let why = redaction(why)
            if isNews { host.log.warning("not pushed", ["uid": uid, "reason": why]) }
            return why
        }
        return nil
    }

    private func saved(_ what: String, _ uid: String) {
        dashboards.add(1)
        host.log.info(what, ["uid": uid])
    }
}
