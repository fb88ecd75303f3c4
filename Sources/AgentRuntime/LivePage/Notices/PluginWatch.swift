import PluginHost
import PubSub
import Redaction
import Synchronization
import Telemetry

/// Publishes how the plugins fare: what the bus says of them as it happens, their status when it is looked at.
final class PluginWatch: Sendable {
    static let handler = "agent.plugin_watch"
    static let events: [EventName] = [
        "agent.plugin.loaded", "agent.plugin.replaced", "agent.plugin.refused",
        "agent.plugin.failed",
    ]
    static let failureHandler = "agent.handler_watch"
    static let failure: EventName = "telemetry.handler.failure"
    private static let textLimit = 500

    private let plugins: RunningPlugins
    private let hub: PubSub
    private let redactor: CurrentRedactor
    private let desk: AlertDesk

    private let known = Mutex<[String: PluginStatus]>([:])

    init(_ plugins: RunningPlugins, hub: PubSub, redactor: CurrentRedactor, desk: AlertDesk) {
        self.plugins = plugins
        self.hub = hub
        self.redactor = redactor
        self.desk = desk
    }

    /// Listens from now on to what is told of plugins, and of handlers that are set aside.
    func attach(to bus: TelemetryBus) throws(AttachError) {
        try bus.attach(Self.handler, to: Self.events.map { .name($0) }) { [weak self] event in
            self?.take(event)
        }
        try bus.attach(Self.failureHandler, to: [.name(Self.failure)]) {
            [desk] event in
            guard event.metadata("quarantined") == "true", let id = event.metadata("handler_id")
            else { return }
            desk.post(
                .warning, "handler \(id)",
                "set aside after failures: \(event.metadata("reason") ?? "no reason was given")")
        }
    }

    private func take(_ event: borrowing Event) {
        let plugin = event.metadata("plugin") ?? ""
        let why = event.metadata("message") ?? event.metadata("reason") ?? ""
        let change = event.name.description.split(separator: ".").last.map(String.init) ?? ""
        publish(plugin, change, why)
        if change == "refused" || change == "failed" {
            desk.post(.critical, "plugin \(plugin)", why.isEmpty ? change : "\(change): \(why)")
        }
    }

    /// Looks at the status of each one, which costs next to nothing; to be called every few seconds.
    func look() {
        for report in plugins.all.reports {
            let status = report.status
            let before = known.withLock { $0.updateValue(status, forKey: report.name) }
            let old = before?.level ?? .ok
            guard old != status.level || (before?.why ?? "") != status.why else { continue }
            publish(report.name, "\(status.level)", status.why)
            guard old != status.level else { continue }
            switch status.level {
            case .ok: desk.post(.good, "plugin \(report.name)", "works again")
            case .degraded: desk.post(.warning, "plugin \(report.name)", status.why)
            case .failed: desk.post(.critical, "plugin \(report.name)", status.why)
            }
        }
    }

    private func publish(_ plugin: String, _ change: String, _ why: String) {
        let notice = PluginNotice(
            plugin: plugin, change: change,
            why: redactor.value.shown(why, limit: Self.textLimit))
        hub.publish(Message(notice, to: [.plugins]))
    }
}
