import PluginKit

/// Tells `agent dashboards push` and `diff` what became of one round: a message for each dashboard, named after the
/// result, and "finished" at the end.
struct RoundReport {
    let log: HostLog
    let redaction: Redaction

    func tell(_ report: PushReport, _ faults: [(name: String, reason: String)]) {
        for fault in faults { tell("refused", fault.name, fault.reason) }
        for (uid, result) in report.results {
            let (word, reason) = Self.words(result)
            tell(word, uid, reason)
        }
        log.info("finished", ["result": "ok"])
    }

    func tell(_ trouble: Trouble) {
        log.info("finished", ["result": "failed", "reason": redaction(trouble.reason)])
    }

    private func tell(_ word: String, _ uid: String, _ reason: String) {
        log.info(word, ["uid": uid, "reason": redaction(reason)])
    }

    private static func words(_ result: PushReport.Result) -> (String, String) {
        switch result {
        case .unchanged: ("unchanged", "")
        case .created: ("created", "")
        case .updated: ("updated", "")
        case .copied(let uid): ("copied", "what people made of it is \(uid)")
        case .kept: ("kept", "it was changed in Grafana")
        case .superseded: ("superseded", "another agent pushed it in its own form")
        case .removed: ("removed", "")
        case .would(let what): ("would \(what)", "")
        case .refused(let why): ("refused", why)
        case .failed(let why): ("failed", why)
        }
    }
}
