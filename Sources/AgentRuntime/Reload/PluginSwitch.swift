import Logging
import PluginHost

/// Changes which plugins run, and can take back what it did.
struct PluginSwitch {
    private enum Step {
        case started(String)
        case replaced(PluginSpec)
    }

    private static let patience = Duration.seconds(10)

    private let host: PluginHost
    private let logger: Logger
    private var done: [Step] = []

    init(host: PluginHost, logger: Logger) {
        self.host = host
        self.logger = logger
    }

    /// Starts and replaces, until one of them fails.
    mutating func apply(_ changes: PluginChanges) async throws(ReloadRejection) {
        for spec in changes.added {
            try check(await host.start([spec]))
            done.append(.started(spec.name))
        }
        for (old, new) in changes.changed {
            try check([await host.replace(new)])
            done.append(.replaced(old))
        }
    }

    private func check(_ outcomes: [PluginOutcome]) throws(ReloadRejection) {
        let reasons = outcomes.compactMap { outcome -> String? in
            guard case .failure(let refusal) = outcome.result else { return nil }
            return "plugins.\(outcome.name): \(refusal)"
        }
        guard reasons.isEmpty else { throw ReloadRejection(reasons: reasons) }
    }

    /// Has everything run as before, the last step first.
    mutating func takeBack() async {
        while let step = done.popLast() {
            switch step {
            case .started(let name): await remove(name)
            case .replaced(let old):
                guard case .failure(let refusal) = await host.replace(old).result else { continue }
                logger.error("plugin \(old.name) could not be put back as it was: \(refusal)")
            }
        }
    }

    /// Ends plugins that are wanted no more.
    func remove(_ specs: [PluginSpec]) async {
        for spec in specs { await remove(spec.name) }
    }

    private func remove(_ name: String) async {
        guard await !host.remove(name, deadline: Self.patience) else { return }
        logger.error("plugin \(name) could not be stopped in time and is left alone")
    }
}
