extension Shape {
    /// An object with exactly these keys.
    ///
    /// - Parameter build: makes the value of the fields' values, which come in the order of the
    ///   fields; throws where a rule of the shape reports that there is none.
    static func object<each Member: Sendable>(
        _ field: repeat Field<each Member>,
        build: @escaping @Sendable (repeat each Member) throws(AbsentValue) -> Value
    ) -> Shape {
        let fields = (repeat each field)
        var keys: [String] = []
        for field in repeat each field { keys.append(field.key) }
        let known = keys
        return Shape(
            expectation: "an object",
            schema: {
                var properties = JSONObject()
                var required: [JSONValue] = []
                for field in repeat each fields {
                    properties[field.key] = .object(field.schema())
                    if field.isRequired { required.append(.string(field.key)) }
                }
                var schema: JSONObject = ["type": "object", "properties": .object(properties)]
                if !required.isEmpty { schema["required"] = .array(required) }
                schema["additionalProperties"] = false
                return schema
            },
            decode: { node, decoding in
                guard decoding.requireObject(node, knowing: known) else { return nil }
                let values = (repeat (each fields).decode(node, &decoding))
                return try? build(repeat present(each values))
            })
    }
}

/// Thrown where there is no value, and the error has been or will be reported by another.
struct AbsentValue: Error {}

private func present<Value>(_ value: Value?) throws(AbsentValue) -> Value {
    guard let value else { throw AbsentValue() }
    return value
}

extension Decoding {
    /// Reports what is no object, and every key that is not among `known`.
    fileprivate mutating func requireObject(_ node: JSONNode, knowing known: [String]) -> Bool {
        guard case .object(let members) = node.content else {
            report(.unacceptable(found: node.summary, expected: "an object"), at: node.position)
            return false
        }
        for member in members where !known.contains(member.key) {
            let accepted = known.filter { $0 != "$schema" }
            at(.key(member.key)) { decoding in
                decoding.report(
                    .unknownKey(nearest: accepted.nearest(to: member.key), accepted: accepted),
                    at: member.keyPosition)
            }
        }
        return true
    }
}
