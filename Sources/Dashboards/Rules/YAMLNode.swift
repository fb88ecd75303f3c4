import AgentConfiguration

/// A part of a YAML file, with its place. Every scalar is a text.
struct YAMLNode: Sendable {
    indirect enum Content: Sendable {
        /// - Parameter isPlain: written without quotes, so that it may mean a number or a boolean.
        case scalar(String, isPlain: Bool)
        case mapping([(key: String, value: YAMLNode)])
        case sequence([YAMLNode])
    }

    let content: Content
    let position: JSONPosition

    /// What an empty document says.
    static let empty = YAMLNode(content: .scalar("", isPlain: true), position: JSONPosition())

    subscript(key: String) -> YAMLNode? {
        guard case .mapping(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text of a scalar that is not empty.
    var text: String? {
        guard case .scalar(let text, _) = content, !text.isEmpty else { return nil }
        return text
    }

    var items: [YAMLNode] {
        guard case .sequence(let items) = content else { return [] }
        return items
    }

    var members: [(key: String, value: YAMLNode)] {
        guard case .mapping(let members) = content else { return [] }
        return members
    }
}

/// Why a text cannot be read as YAML, or not as a rule file is written.
struct YAMLError: Error, Hashable {
    let position: JSONPosition
    let reason: String
}
