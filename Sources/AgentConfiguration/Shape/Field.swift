/// One key of an object: what it is called, what it holds, what it means.
///
/// With a default the key may be left out and the default stands for it; a `Field` of an optional
/// may be left out and is then `nil`; every other key has to be there.
struct Field<Value: Sendable>: Sendable {
    let key: String
    let isRequired: Bool
    let schema: @Sendable () -> JSONObject

    /// Reads the value of the key in `object`.
    let decode: @Sendable (_ object: JSONNode, inout Decoding) -> Value?

    /// - Parameters:
    ///   - default: what stands for the absent key, as it would be written in the file.
    ///   - documentation: one sentence for the generated schema.
    init(
        _ key: String, _ shape: Shape<Value>, default: JSONValue? = nil, _ documentation: String
    ) {
        self.key = key
        isRequired = `default` == nil
        schema = {
            var members: JSONObject = ["description": .string(documentation)]
            members["default"] = `default`
            return members.merging(shape.schema())
        }
        decode = { object, decoding in
            let written = object[key] ?? `default`.map { JSONNode($0, at: object.position) }
            guard let node = written else {
                decoding.report(
                    .missingKey(key, expected: shape.expectation), at: object.position)
                return nil
            }
            return decoding.at(.key(key)) { shape.decode(node, &$0) }
        }
    }

    /// A key that may be left out; so may the environment variable it refers to.
    init<Wrapped: Sendable>(_ key: String, _ shape: Shape<Wrapped>, _ documentation: String)
    where Value == Wrapped? {
        self.key = key
        isRequired = false
        schema = {
            let members: JSONObject = ["description": .string(documentation)]
            return members.merging(shape.schema())
        }
        decode = { object, decoding in
            guard let node = object[key], !decoding.isUnset(node) else { return .some(nil) }
            return decoding.at(.key(key)) { shape.decode(node, &$0) }.map { .some($0) }
        }
    }
}
