extension AgentConfiguration {
    /// The JSON Schema (draft 2020-12) of the file, as text, for editors and other tools.
    ///
    /// - Parameter pluginSettings: the schema of each plugin's settings, by the plugin's name.
    package static func jsonSchema(
        pluginSettings: [String: JSONSchema] = [:]
    ) -> String {
        var root: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Configuration of agent",
        ]
        root = root.merging(shape.schema())
        var definitions: JSONObject = ["reference": Reference.schema]
        let plugins = pluginSettings.sorted { $0.key < $1.key }
        for (name, schema) in plugins {
            let key = "settings.\(name)"
            let place = "#/$defs/\(key.pointerEscaped)"
            definitions[key] = EmbeddedSchema(place: place).embed(schema.value)
        }
        root["$defs"] = .object(definitions)
        if !plugins.isEmpty {
            root.setSettings(of: plugins.map(\.key))
        }
        return JSONWriter(.pretty).write(.object(root))
    }
}

extension JSONObject {
    /// Says at `plugins` whose settings follow which definition.
    fileprivate mutating func setSettings(of plugins: [String]) {
        let cases = plugins.map { name -> JSONValue in
            let place = JSONValue.string("#/$defs/\("settings.\(name)".pointerEscaped)")
            return [
                "if": ["required": ["plugin"], "properties": ["plugin": ["const": .string(name)]]],
                "then": ["properties": ["settings": ["$ref": place]]],
            ]
        }
        guard case .object(var properties) = self["properties"],
            case .object(var list) = properties["plugins"],
            case .object(var item) = list["items"]
        else { return }
        item["allOf"] = .array(cases)
        list["items"] = .object(item)
        properties["plugins"] = .object(list)
        self["properties"] = .object(properties)
    }
}

/// Makes a plugin's schema part of a larger one: its references point to where it stands now, and a
/// value that may be written elsewhere says so.
private struct EmbeddedSchema {
    let place: String

    /// Whether `{"env": …}` is let in beside single values: not where a schema says what a value is
    /// not.
    var takesReferences = true

    func embed(_ schema: JSONValue) -> JSONValue {
        guard case .object(let object) = schema else { return schema }
        var embedded = JSONObject()
        for (keyword, value) in object.members { embedded[keyword] = embed(value, of: keyword) }
        let types = Set(object.types)
        guard takesReferences, !types.isEmpty, types.isDisjoint(with: ["array", "object"]) else {
            return .object(embedded)
        }
        return ["anyOf": [.object(embedded), ["$ref": "#/$defs/reference"]]]
    }

    private func embed(_ value: JSONValue, of keyword: String) -> JSONValue? {
        switch (keyword, value) {
        case ("$schema", _), ("$id", _): return nil
        case ("$ref", .string(let target)): return .string(place + target.dropFirst())
        case ("items", _), ("additionalProperties", _), ("then", _), ("else", _):
            return embed(value)
        case ("not", _), ("if", _), ("propertyNames", _):
            return EmbeddedSchema(place: place, takesReferences: false).embed(value)
        case ("allOf", .array(let items)), ("anyOf", .array(let items)),
            ("oneOf", .array(let items)):
            return .array(items.map(embed))
        case ("properties", .object(let schemas)), ("$defs", .object(let schemas)):
            return .object(JSONObject(members: schemas.members.map { ($0.key, embed($0.value)) }))
        default: return value
        }
    }
}

extension JSONObject {
    fileprivate var types: [String] {
        switch self["type"] {
        case .string(let type): [type]
        case .array(let types): types.compactMap(\.string)
        default: []
        }
    }
}
