import AgentConfiguration

/// Makes of a shipped rule file the one that fits a configuration. Comments are left out.
package enum RuleFileExport {
    /// A rule file that cannot be read.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package static func apply(
        _ renaming: MetricRenaming, to text: String
    ) throws(Failure) -> String {
        do throws(YAMLError) {
            var node = try YAMLReader.read(text)
            node = rewrite(node, renaming)
            var writer = YAMLWriter()
            writer.write(node)
            return writer.text
        } catch {
            throw Failure(description: "\(error.position): \(error.reason)")
        }
    }

    private static func rewrite(_ node: YAMLNode, _ renaming: MetricRenaming) -> YAMLNode {
        let content: YAMLNode.Content =
            switch node.content {
            case .scalar: node.content
            case .sequence(let items): .sequence(items.map { rewrite($0, renaming) })
            case .mapping(let members):
                .mapping(
                    members.map { key, value in
                        guard key == "expr", case .scalar(let text, _) = value.content else {
                            return (key, rewrite(value, renaming))
                        }
                        let content = YAMLNode.Content.scalar(
                            renaming.rewrite(text), isPlain: false)
                        return (key, YAMLNode(content: content, position: value.position))
                    })
            }
        return YAMLNode(content: content, position: node.position)
    }
}
