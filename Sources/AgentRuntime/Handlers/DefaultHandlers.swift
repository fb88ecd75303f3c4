package import AgentConfiguration
import Automation
package import Redaction
import Synchronization
package import Telemetry

/// The handlers that the agent attaches to its own bus, as the configuration says.
package final class DefaultHandlers: Sendable {
    private let bus: TelemetryBus
    private let log: StructuredLog
    private let runs: RunContexts
    private let gates: [DefaultHandler.Name: LevelGate]
    /// What is attached now.
    private let attached = Mutex<[DefaultHandler.Name: DefaultHandler]>([:])

    package init(_ bus: TelemetryBus, log: StructuredLog, redactor: CurrentRedactor) {
        self.bus = bus
        self.log = log
        runs = RunContexts(log, redactor: redactor)
        gates = Dictionary(
            uniqueKeysWithValues: DefaultHandler.Name.allCases.map {
                ($0, log.control.gate($0.category))
            })
    }

    /// Attaches and detaches what is different now; what is the same is not touched.
    package func apply(_ configuration: HandlersConfiguration) {
        attached.withLock { attached in
            for handler in DefaultHandler.all(configuration) {
                let old = attached[handler.name]
                guard old != (handler.isAttached ? handler : nil) else { continue }
                if old != nil { bus.detach(handler.name.rawValue) }
                attached[handler.name] = handler.isAttached ? handler : nil
                if handler.isAttached { attach(handler) }
            }
        }
    }

    private func attach(_ handler: DefaultHandler) {
        guard let gate = gates[handler.name] else { return }
        let watcher = EventLogHandler(
            handler.name.category, handler.messages, gate: gate, log: log,
            runs: handler.name == .runs ? runs : nil)
        let watch = EventWatch(
            id: handler.name.rawValue, clock: bus.clock, watcher: watcher)
        // The id is this class's own, and there is at least one event.
        try? bus.attach(watch, to: handler.events)
    }

    /// Messages about runs tell from now on what the automation runtime knows of them.
    func use(_ runtime: AutomationRuntime?) { runs.use(runtime.map { .init($0) }) }

    /// Returns once every message is with the log, or after `patience`.
    func rest(within patience: Duration) async {
        await withTaskGroup { group in
            group.addTask { [runs] in await runs.rest() }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
            runs.use(nil)
        }
    }
}

/// One of them, as configured.
struct DefaultHandler: Equatable {
    enum Name: String, CaseIterable {
        case plugins = "agent.log.plugins"
        case queries = "agent.log.queries"
        case runs = "agent.log.runs"
        case sessions = "agent.log.sessions"

        /// The category of its messages in the log.
        var category: String {
            switch self {
            case .plugins: "agent.plugins"
            case .queries: "agent.queries"
            case .runs: "agent.runs"
            case .sessions: "agent.sessions"
            }
        }
    }

    let name: Name
    let isAttached: Bool
    let events: [EventPattern]
    /// Of queries.
    var slow = Duration.zero

    var messages: any EventMessages {
        switch name {
        case .plugins: PluginMessages()
        case .queries: QueryMessages(threshold: slow)
        case .runs: RunMessages()
        case .sessions: SessionMessages()
        }
    }

    static func all(_ configuration: HandlersConfiguration) -> [DefaultHandler] {
        // The configuration has checked the patterns already.
        func patterns(_ texts: [String]) -> [EventPattern] {
            texts.compactMap { try? EventPattern($0) }
        }
        let (runs, queries) = (configuration.runs, configuration.queries)
        let sessions = configuration.sessions
        return [
            DefaultHandler(
                name: .plugins, isAttached: configuration.plugins.isAttached,
                events: PluginMessages.events),
            DefaultHandler(
                name: .queries, isAttached: queries.isAttached, events: patterns(queries.events),
                slow: queries.slowQuery),
            DefaultHandler(
                name: .runs, isAttached: runs.isAttached, events: patterns(runs.events)),
            DefaultHandler(
                name: .sessions, isAttached: sessions.isAttached,
                events: patterns(sessions.events)),
        ]
    }
}
