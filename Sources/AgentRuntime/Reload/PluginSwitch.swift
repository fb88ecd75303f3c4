import Logging
import PluginHost

/// Changes which plugins run, and can take back what it did.
struct PluginSwitch {
    /// One instance that runs otherwise than before.
    struct Change: Sendable {
        let name: String
        /// Nil: it did not run.
        let before: PluginDescription?
        /// Nil: it runs no more.
        let after: PluginDescription?
    }

    private enum Step {
        case started(String)
        case replaced(PluginChanges.Instance)
    }

    private static let patience = Duration.seconds(10)

    private let host: PluginHost
    private let logger: Logger
    private var done: [Step] = []
    /// What was done, and not taken back.
    private(set) var changes: [Change] = []

    init(host: PluginHost, logger: Logger) {
        self.host = host
        self.logger = logger
    }

    /// Starts and replaces, until one of them fails.
    mutating func apply(_ wanted: PluginChanges) async throws(ReloadRejection) {
        for spec in wanted.added {
            for outcome in await host.start([spec]) {
                let after = try check(outcome)
                done.append(.started(spec.name))
                changes.append(Change(name: spec.name, before: nil, after: after))
            }
        }
        for (old, new) in wanted.changed {
            let before = description(new.name)
            let after = try check(await host.replace(new))
            done.append(.replaced(old))
            changes.append(Change(name: new.name, before: before, after: after))
        }
    }

    private func check(_ outcome: PluginOutcome) throws(ReloadRejection) -> PluginDescription {
        do throws(PluginRefusal) {
            return try outcome.result.get()
        } catch {
            throw ReloadRejection(reasons: ["plugins.\(outcome.name): \(error)"])
        }
    }

    private func description(_ name: String) -> PluginDescription? {
        host.instances.first { $0.name == name }?.description
    }

    /// Has everything run as before, the last step first.
    mutating func takeBack() async {
        var left: [Change] = []
        while let step = done.popLast() {
            let change = changes.popLast()
            switch step {
            case .started(let name): await remove(name)
            case .replaced(let old):
                let outcome = await host.replace(old.spec, image: old.image)
                guard case .failure(let refusal) = outcome.result else { continue }
                logger.error(
                    "plugin \(old.spec.name) could not be put back as it was: \(refusal)")
                if let change { left.append(change) }
            }
        }
        changes = left
    }

    /// Ends plugins that are wanted no more.
    mutating func remove(_ specs: [PluginSpec]) async {
        for spec in specs {
            changes.append(
                Change(name: spec.name, before: description(spec.name), after: nil))
            await remove(spec.name)
        }
    }

    private func remove(_ name: String) async {
        guard await !host.remove(name, deadline: Self.patience) else { return }
        logger.error("plugin \(name) could not be stopped in time and is left alone")
    }
}
