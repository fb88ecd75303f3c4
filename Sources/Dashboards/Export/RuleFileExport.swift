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
        let node: YAMLNode
        do throws(YAMLError) {
            node = rewrite(try YAMLReader.read(text), renaming)
        } catch {
            throw Failure(description: "\(error.position): \(error.reason)")
        }
        do {
            return try YAMLWriter.text(of: node)
        } catch {
            throw Failure(description: "it cannot be written again as YAML: \(error)")
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
