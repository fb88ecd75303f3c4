import Yams

/// Writes YAML: what was plain stays plain, and texts of several lines become literal blocks.
enum YAMLWriter {
    /// Throws what the library finds to be no YAML.
    static func text(of node: YAMLNode) throws -> String {
        try serialize(node: yaml(node), indent: 2, width: -1, allowUnicode: true)
    }

    private static func yaml(_ node: YAMLNode) -> Node {
        switch node.content {
        case .scalar(let text, let isPlain):
            return Node(text, .implicit, style(of: text, isPlain: isPlain))
        case .sequence(let items):
            return Node(items.map(yaml), .implicit, items.isEmpty ? .flow : .block)
        case .mapping(let members):
            return Node(
                members.map { (Node($0.key), yaml($0.value)) }, .implicit,
                members.isEmpty ? .flow : .block)
        }
    }

    private static func style(of text: String, isPlain: Bool) -> Node.Scalar.Style {
        guard text.contains("\n") else { return isPlain ? .plain : .doubleQuoted }
        // libyaml ends a block whose blank lines count in lines of its own.
        return text.hasSuffix("\n\n") ? .doubleQuoted : .literal
    }
}
