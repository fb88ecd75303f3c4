import Logging
import Telemetry

/// Plugins: loaded, replaced, refused, failed; and handlers that fail.
struct PluginMessages: EventMessages {
    static let events: [EventPattern] = ["agent.plugin.*", "telemetry.handler.failure"]

    func gravity(of keys: EventKeys) -> EventGravity? {
        switch keys.name.description {
        case "agent.plugin.loaded": EventGravity(.debug)
        case "agent.plugin.replaced": EventGravity(.info)
        case "agent.plugin.refused", "agent.plugin.failed": EventGravity(.error)
        case "telemetry.handler.failure": EventGravity(.warning)
        default: nil
        }
    }

    func message(_ event: UnpackedEvent) -> EventMessage? {
        var fields = event.fields
        fields["count"] = nil
        switch event.name.description {
        case "agent.plugin.loaded": return EventMessage(.debug, "plugin loaded", fields)
        case "agent.plugin.replaced": return EventMessage(.info, "plugin replaced", fields)
        case "agent.plugin.refused", "agent.plugin.failed":
            let word = event.lastWord
            let reason = event.text("message") ?? event.text("reason") ?? ""
            fields["message"] = nil
            return EventMessage(
                .error, "plugin \(event.text("plugin") ?? "") \(word): \(reason)", fields)
        case "telemetry.handler.failure":
            return EventMessage(.warning, "handler failed", fields)
        default: return nil
        }
    }
}
