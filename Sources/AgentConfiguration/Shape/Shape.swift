/// What one kind of configuration value looks like: how it is read, and how a JSON Schema says the
/// same.
///
/// Every shape is built from smaller ones, so reading and schema cannot disagree.
struct Shape<Value: Sendable>: Sendable {
    /// The end of the sentence "expected …".
    let expectation: String

    /// Written when it is asked for, which reading never does.
    let schema: @Sendable () -> JSONObject

    /// The value, or `nil` after at least one error was reported.
    let decode: @Sendable (JSONNode, inout Decoding) -> Value?

    /// The same text read as another value.
    func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> Shape<Other> {
        Shape<Other>(expectation: expectation, schema: schema) { node, decoding in
            decode(node, &decoding).map(transform)
        }
    }

    /// Looks at a value that was read, and may report what does not go together in it.
    func checked(
        _ check: @escaping @Sendable (Value, JSONNode, inout Decoding) -> Void
    ) -> Shape {
        Shape(expectation: expectation, schema: schema) { node, decoding in
            guard let value = decode(node, &decoding) else { return nil }
            let errorsBefore = decoding.errors.count
            check(value, node, &decoding)
            return decoding.errors.count == errorsBefore ? value : nil
        }
    }

    /// Looks at an object as it is written, whether or not its parts could be read, so that what
    /// does not go together in it is reported along with everything else.
    func ruled(
        by rule: @escaping @Sendable (JSONNode, inout Decoding) -> Void
    ) -> Shape {
        Shape(expectation: expectation, schema: schema) { node, decoding in
            let value = decode(node, &decoding)
            guard case .object = node.content else { return value }
            let errorsBefore = decoding.errors.count
            rule(node, &decoding)
            return decoding.errors.count == errorsBefore ? value : nil
        }
    }

    /// The value with its place in the file.
    func located() -> Shape<Located<Value>> {
        Shape<Located<Value>>(expectation: expectation, schema: schema) { node, decoding in
            let location = decoding.location(of: node)
            return decode(node, &decoding).map { Located(value: $0, location: location) }
        }
    }

    /// The same with more said in the schema: what a check looks at, where JSON Schema can
    /// express it.
    func adding(toSchema members: JSONObject) -> Shape {
        Shape(expectation: expectation, schema: { schema().merging(members) }, decode: decode)
    }
}
