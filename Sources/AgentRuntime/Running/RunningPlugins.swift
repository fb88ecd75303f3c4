import AgentConfiguration
import PluginHost
import Redaction
import Synchronization

/// The plugins of a running agent, those that were refused among them.
final class RunningPlugins: Sendable {
    private let host: PluginHost
    private let outcomes = Mutex<[PluginOutcome]>([])

    init(_ host: PluginHost) { self.host = host }

    /// Keeps what became of a start, for those who ask later.
    func note(_ outcomes: [PluginOutcome]) { self.outcomes.withLock { $0 = outcomes } }

    /// How each instance fares.
    var reports: [PluginReport] { host.instances }

    /// What the agent's own metrics say of each instance.
    var vitals: [PluginVitals] {
        let (reports, refused) = all
        return reports.map(PluginVitals.init)
            + refused.map { PluginVitals(name: $0.name, isUp: false, counters: nil) }
    }

    /// How each instance fares.
    var readings: [ComponentReading] {
        let (reports, refused) = all
        return reports.map(ComponentReading.init) + refused.compactMap(ComponentReading.init)
    }

    /// The instances there are, and what became of those there are not.
    var all: (reports: [PluginReport], refused: [PluginOutcome]) {
        let reports = host.instances
        let names = Set(reports.map(\.name))
        return (reports, outcomes.withLock { $0 }.filter { !names.contains($0.name) })
    }

    /// For programs: how each one fares, and why, without secrets.
    func json(_ redactor: Redactor) -> JSONValue {
        let (reports, refused) = all
        return .array(
            reports.map { $0.json(redactor) } + refused.compactMap { $0.json(redactor) })
    }
}

extension PluginReport {
    fileprivate func json(_ redactor: Redactor) -> JSONValue {
        [
            "name": .string(name), "plugin": .string(description.name),
            "id": .string(description.id), "version": .string(description.version),
            "kinds": .array(description.kinds.words.map { .string($0) }),
            "state": .string(state.rawValue), "status": .string("\(status.level)"),
            "why": .string(redactor.text(status.why)), "required": .bool(isRequired),
            "file": .string(description.file), "sha256": .string(description.sha256),
            "routes": .array(routes.map { .string($0.path) }),
        ]
    }
}

extension PluginOutcome {
    /// Nil for one that was started.
    fileprivate func json(_ redactor: Redactor) -> JSONValue? {
        guard case .failure(let refusal) = result else { return nil }
        return [
            "name": .string(name), "state": "refused", "required": .bool(isRequired),
            "file": .string(refusal.file), "code": .string(refusal.code),
            "why": .string(redactor.text("\(refusal.reason)")),
        ]
    }
}
