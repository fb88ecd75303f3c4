import Logging
import Telemetry

/// Plugins: loaded, replaced, refused, failed; and handlers that fail.
struct PluginMessages: EventMessages {
    static let events: [EventPattern] = ["agent.plugin.*", "telemetry.handler.failure"]

    func telling(of keys: EventKeys) -> EventTelling? {
        switch keys.name.description {
        case "agent.plugin.loaded":
            return EventTelling(.debug, "plugin loaded", unsaid: ["count"])
        case "agent.plugin.replaced":
            return EventTelling(.info, "plugin replaced", unsaid: ["count"])
        case "agent.plugin.refused", "agent.plugin.failed": return fault(keys)
        case "telemetry.handler.failure":
            return EventTelling(.warning, "handler failed", unsaid: ["count"])
        default: return nil
        }
    }

    /// The sentence that says why is part of the message.
    private func fault(_ keys: EventKeys) -> EventTelling {
        let word = keys.lastWord
        let plugin = keys.metadataIndex(of: "plugin")
        let reasons = ["message", "reason"].map { keys.metadataIndex(of: $0) }
        return EventTelling(EventGravity(.error), unsaid: ["count", "message"]) { event in
            let reason = reasons.lazy.compactMap { event.word(at: $0) }.first ?? ""
            return .init(.error, "plugin \(event.word(at: plugin) ?? "") \(word): \(reason)")
        }
    }
}
