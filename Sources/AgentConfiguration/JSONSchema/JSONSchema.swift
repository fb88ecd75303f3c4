/// A JSON Schema as a plugin brings it for its settings.
///
/// The keywords that describe settings are checked; annotations, `x-…` and formats that are not
/// known are passed over; any other keyword makes the schema unusable, because leaving it out would
/// accept what it forbids.
///
/// Source: JSON Schema draft 2020-12, core and validation.
package struct JSONSchema: Sendable {
    /// The schema itself comes first.
    let rules: [JSONSchemaRule]

    /// As it was written.
    package let value: JSONValue

    package init(_ text: String) throws(JSONSchemaError) {
        let node: JSONNode
        do throws(JSONError) {
            node = try JSONReader.read(text)
        } catch {
            throw JSONSchemaError(
                position: error.position, path: ValuePath(), reason: error.reason)
        }
        try self.init(node)
    }

    init(_ node: JSONNode) throws(JSONSchemaError) {
        var compiler = JSONSchemaCompiler()
        try compiler.compile(node)
        rules = compiler.rules
        value = node.value
    }
}

/// Why a schema cannot be used, and where in it.
package struct JSONSchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: JSONPosition
    package let path: ValuePath
    package let reason: String

    package var description: String {
        path.isEmpty ? "\(position): \(reason)" : "\(position): \(path): \(reason)"
    }
}
