import CAgentPlugin
import Telemetry

/// How often and how long, where neither the configuration nor the plugin says.
enum InstanceDefaults {
    static let interval: Int64 = 15_000_000_000
    static let timeout: Int64 = 10_000_000_000

    /// The configuration's value, else the plugin's, else the host's.
    static func choose(_ configured: Duration?, _ plugin: Int64, _ fallback: Int64) -> Int64 {
        if let configured { return max(configured.nanoseconds, 1_000_000) }
        return plugin > 0 ? plugin : fallback
    }
}

/// Reads which events a handler wants.
enum SubscriptionReader {
    static let maximumPatterns = 256

    static func read(
        _ table: agent_handler_v1, _ call: PluginCall, eventPrefix: String
    ) throws(PluginRefusal.Reason) -> [EventPattern] {
        let patterns = try DeclarationReader.all("subscriptions", limit: maximumPatterns) {
            index throws(PluginRefusal.Reason) -> EventPattern? in
            var text = agent_str()
            let status = table.subscription?(call.instance, index, &text) ?? AGENT_END
            guard try DeclarationReader.isThere(status, "subscription number \(index)") else {
                return nil
            }
            var pattern = try ABIText.name(text, "subscription number \(index)")
            if pattern.hasPrefix(".") { pattern = eventPrefix + pattern }
            do { return try EventPattern(pattern) } catch {
                throw .badDefinition("\(error)")
            }
        }
        guard !patterns.isEmpty else {
            throw .badDefinition("its handler subscribes to no event; give at least one")
        }
        return patterns
    }
}
