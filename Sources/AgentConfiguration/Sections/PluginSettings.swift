/// A plugin's own settings: opaque until the plugin's schema is at hand.
package struct PluginSettings: Sendable {
    /// As written, `{"env": …}` and `{"file": …}` left in place.
    package var value: JSONValue { node.value }

    /// The values of the references that could be found, by key path: `auth.token`.
    ///
    /// An object of one key `env` or `file` is only a reference where the schema wants no object,
    /// so what could not be found is no error yet: `{"env": "prod"}` may be a tag.
    package let secrets: [String: Secret]
    let unresolved: [String: String]
    /// The environment variables referred to that are not set.
    let unsetVariables: Set<String>
    let node: JSONNode
    let location: ConfigurationLocation
    /// What relative paths are relative to.
    let directory: ConfigurationDirectory
}

extension PluginSettings: CustomStringConvertible, CustomReflectable {
    /// Not the settings: a secret may stand among them in the clear.
    package var description: String { "<settings>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension PluginSettings {
    static let shape = Shape<PluginSettings>(
        expectation: "an object", schema: { ["type": "object"] }, decode: decode)

    private static func decode(
        _ node: JSONNode, _ decoding: inout Decoding
    ) -> PluginSettings? {
        guard case .object = node.content else {
            decoding.report(
                .unacceptable(found: node.summary, expected: "an object"), at: node.position)
            return nil
        }
        var search = ReferenceSearch(
            environment: decoding.environment, directory: decoding.directory.path)
        search.visit(node, at: ValuePath())
        return PluginSettings(
            secrets: search.secrets, unresolved: search.unresolved,
            unsetVariables: search.unsetVariables, node: node,
            location: decoding.location(of: node), directory: decoding.directory)
    }
}

/// Finds what looks like a reference in opaque settings.
private struct ReferenceSearch {
    let environment: Environment
    let directory: String
    var secrets: [String: Secret] = [:]
    var unresolved: [String: String] = [:]
    var unsetVariables: Set<String> = []

    mutating func visit(_ node: JSONNode, at path: ValuePath) {
        if let reference = Reference(node) {
            do {
                let text = try reference.resolve(environment: environment, directory: directory)
                secrets[path.description] = Secret(text)
            } catch {
                unresolved[path.description] = error.reason
                if case .unset = error, case .environment(let name) = reference {
                    unsetVariables.insert(name)
                }
            }
            return
        }
        switch node.content {
        case .array(let items):
            for (index, item) in items.enumerated() {
                visit(item, at: path.appending(.index(index)))
            }
        case .object(let members):
            for member in members { visit(member.value, at: path.appending(.key(member.key))) }
        default: break
        }
    }
}
