/// A plugin's settings once its schema has accepted them: what the plugin is given.
package struct AcceptedSettings: Sendable {
    /// Each reference replaced: by `{"secret": "key.path"}` where the schema says `writeOnly`, else
    /// by its value. A relative path is resolved where the schema says `"x-path": true`. A key is
    /// left out where its variable is not set and the schema takes that for nothing written
    /// (`"x-when-unset": "left-out"`).
    package let value: JSONValue

    /// What `{"secret": "key.path"}` stands for.
    package let secrets: [String: Secret]
}

extension AcceptedSettings: CustomStringConvertible, CustomReflectable {
    /// Not the settings: a secret may stand among them in the clear.
    package var description: String { "<settings>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension PluginSettings {
    /// Holds the settings against the plugin's schema; a plugin without one has no settings.
    package func accepted(
        by schema: JSONSchema?
    ) throws(ConfigurationErrors) -> AcceptedSettings {
        guard let schema = schema ?? .noSettings else {
            return AcceptedSettings(value: value, secrets: [:])
        }
        var validation = JSONSchemaValidation(schema, at: location, settings: self)
        validation.check(node)
        guard validation.errors.isEmpty else {
            throw ConfigurationErrors(errors: validation.errors)
        }
        let substitutes = validation.substitutes
        let omissions = validation.omissions
        let secret = secrets.filter { substitutes[$0.key] == ["secret": .string($0.key)] }
        return AcceptedSettings(
            value: replacing(node, at: ValuePath(), with: substitutes, without: omissions),
            secrets: secret)
    }

    private func replacing(
        _ node: JSONNode, at path: ValuePath, with substitutes: [String: JSONValue],
        without omissions: Set<String>
    ) -> JSONValue {
        if let substitute = substitutes[path.description] { return substitute }
        switch node.content {
        case .array(let items):
            let replaced = items.enumerated().map { index, item in
                replacing(
                    item, at: path.appending(.index(index)), with: substitutes, without: omissions)
            }
            return .array(replaced)
        case .object(let members):
            let replaced = members.compactMap { member -> (String, JSONValue)? in
                let path = path.appending(.key(member.key))
                guard !omissions.contains(path.description) else { return nil }
                return (
                    member.key,
                    replacing(member.value, at: path, with: substitutes, without: omissions)
                )
            }
            return .object(JSONObject(members: replaced))
        default: return node.value
        }
    }
}

extension JSONSchema {
    fileprivate static let noSettings = try? JSONSchema(
        #"{"type": "object", "additionalProperties": false}"#)
}
