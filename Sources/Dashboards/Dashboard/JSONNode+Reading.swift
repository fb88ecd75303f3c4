import AgentConfiguration

extension JSONNode {
    /// The text of a key; nil where it is absent, empty or something else.
    func text(_ key: String) -> String? {
        guard case .string(let text)? = self[key]?.content, !text.isEmpty else { return nil }
        return text
    }

    func integer(_ key: String) -> Int? {
        guard case .integer(let value)? = self[key]?.content else { return nil }
        return Int(exactly: value)
    }

    /// Nil where it is absent or no boolean.
    func flag(_ key: String) -> Bool? {
        guard case .bool(let value)? = self[key]?.content else { return nil }
        return value
    }

    /// The items of an array; none where it is absent or something else.
    func items(_ key: String) -> [JSONNode] {
        guard case .array(let items)? = self[key]?.content else { return [] }
        return items
    }

    /// What a chain of keys leads to.
    func inner(_ keys: String...) -> JSONNode? {
        keys.reduce(self as JSONNode?) { $0?[$1] }
    }

    var string: String? {
        guard case .string(let text) = content else { return nil }
        return text
    }
}
