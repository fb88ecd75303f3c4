import AgentConfiguration
import Yams

/// Reads a YAML file into `YAMLNode`s: anchors are followed, and merge keys (`<<`) are carried out.
///
/// Source: YAML 1.1 as libyaml reads it, and Prometheus with it.
enum YAMLReader {
    static func read(_ text: String) throws(YAMLError) -> YAMLNode {
        let root: Node?
        do {
            // The basic resolver: what a plain scalar means is left to whoever reads the file next.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw YAMLError(error)
        } catch {
            throw YAMLError(position: JSONPosition(), reason: "\(error)")
        }
        guard let root else { return .empty }
        var reading = YAMLReading()
        return try reading.node(root, depth: 0)
    }
}

/// The way through one document, with what may not be exceeded on it.
private struct YAMLReading {
    private static let maximumDepth = 32
    /// A few anchors within each other would otherwise become millions of nodes.
    private static let maximumNodes = 100_000

    private var nodes = 0

    mutating func node(_ node: Node, depth: Int) throws(YAMLError) -> YAMLNode {
        nodes += 1
        guard depth < Self.maximumDepth else { throw error(node, "this is nested too deeply") }
        guard nodes < Self.maximumNodes else {
            throw error(
                node,
                "there are more than \(Self.maximumNodes) values in this file, aliases followed")
        }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(content: try content(of: scalar, node), position: position(node))
        case .sequence(let sequence):
            try refuseTag(sequence.tag, node)
            var items: [YAMLNode] = []
            for item in sequence { items.append(try self.node(item, depth: depth + 1)) }
            return YAMLNode(content: .sequence(items), position: position(node))
        case .mapping(let mapping):
            try refuseTag(mapping.tag, node)
            let members = try members(of: mapping, depth: depth)
            return YAMLNode(content: .mapping(members), position: position(node))
        case .alias:
            throw error(node, "this alias stands for nothing")
        }
    }

    private func content(of scalar: Node.Scalar, _ node: Node) throws(YAMLError) -> YAMLNode.Content
    {
        switch Tag.Name(rawValue: scalar.tag.rawValue) {
        case .implicit: return .scalar(scalar.string, isPlain: scalar.style == .plain)
        case .nonSpecific, .str: return .scalar(scalar.string, isPlain: false)
        default:
            try refuseTag(scalar.tag, node)
            return .scalar(scalar.string, isPlain: true)
        }
    }

    private mutating func members(
        of mapping: Node.Mapping, depth: Int
    ) throws(YAMLError) -> [(key: String, value: YAMLNode)] {
        var members: [(key: String, value: YAMLNode)] = []
        var merged: [(key: String, value: YAMLNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                throw error(key, "a key is a text here, not a mapping or a sequence")
            }
            let value = try node(value, depth: depth + 1)
            if name.string == "<<", name.style == .plain {
                merged += try self.merged(value)
            } else {
                members.append((name.string, value))
            }
        }
        // What stands there itself comes before what is merged in, and that in the order of its sources.
        for member in merged where !members.contains(where: { $0.key == member.key }) {
            members.append(member)
        }
        return members
    }

    private func merged(_ value: YAMLNode) throws(YAMLError) -> [(key: String, value: YAMLNode)] {
        switch value.content {
        case .mapping(let members): return members
        case .sequence(let items):
            var members: [(key: String, value: YAMLNode)] = []
            for item in items { members += try merged(item) }
            return members
        case .scalar:
            throw YAMLError(position: value.position, reason: "\"<<\" takes in mappings only")
        }
    }

    private func refuseTag(_ tag: Tag, _ node: Node) throws(YAMLError) {
        switch Tag.Name(rawValue: tag.rawValue) {
        case .implicit, .nonSpecific, .seq, .map: return
        default: throw error(node, "the tag \"\(tag.rawValue)\" has no meaning here; leave it out")
        }
    }

    private func position(_ node: Node) -> JSONPosition {
        node.mark.map(JSONPosition.init) ?? JSONPosition()
    }

    private func error(_ node: Node, _ reason: String) -> YAMLError {
        YAMLError(position: position(node), reason: reason)
    }
}

extension YAMLError {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let context = context.map { "\($0.text): " } ?? ""
            self.init(position: JSONPosition(mark), reason: context + problem)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(
                position: JSONPosition(context.mark),
                reason: "the key \(names) is there more than once in one mapping")
        case .reader(let problem, _, _, _):
            self.init(position: JSONPosition(), reason: "this is no text in UTF-8: \(problem)")
        default:
            self.init(position: JSONPosition(), reason: "this cannot be read: \(error)")
        }
    }
}

extension JSONPosition {
    fileprivate init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}
