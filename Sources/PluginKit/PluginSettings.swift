import CAgentPlugin

/// A plugin's settings: a struct whose stored properties are all ``Setting``s.
public protocol PluginSettings: Sendable {
    init()
}

/// For a plugin that has nothing to set.
public struct NoSettings: PluginSettings {
    public init() {}
}

extension PluginSettings {
    /// Reads a settings object; refuses keys that are not declared.
    static func decoded(from json: JSON, host: Host) throws -> Self {
        let settings = Self()
        let declared = settings.declared
        guard case .object(let members) = json else {
            throw PluginError(
                "settings: found \(json.kind), accepted: an object", status: AGENT_INVALID)
        }
        for member in members where !declared.contains(where: { $0.key == member.key }) {
            let keys = declared.map(\.key).joined(separator: ", ")
            throw PluginError(
                "setting \"\(member.key)\" is unknown; there \(keys.isEmpty ? "are none" : "are \(keys)")",
                status: AGENT_INVALID)
        }
        for setting in declared { try setting.decode(json[setting.key], host) }
        return settings
    }

    /// The JSON Schema of the settings object; `nil` when there is nothing to set.
    static var schema: JSON? {
        let declared = Self().declared
        guard !declared.isEmpty else { return nil }
        var members: [JSON.Member] = [
            .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
            .init("type", "object"),
            .init("additionalProperties", .bool(false)),
            .init("properties", .object(declared.map { .init($0.key, $0.schema) })),
        ]
        let required = declared.compactMap(\.requiredKey)
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        return .object(members)
    }

    private var declared: [any AnySetting] {
        Mirror(reflecting: self).children.compactMap { $0.value as? any AnySetting }
    }
}
