extension Shape {
    /// An array of `count` items.
    ///
    /// - Parameter check: looks at the items that could be read, and may report what does not go
    ///   together.
    static func array<Item>(
        of item: Shape<Item>, count: ClosedRange<Int> = 0...10_000, _ expectation: String,
        check: @escaping @Sendable ([Item], inout Decoding) -> Void = { _, _ in }
    ) -> Shape where Value == [Item] {
        Shape(
            expectation: expectation,
            schema: {
                var schema: JSONObject = ["type": "array", "items": .object(item.schema())]
                if count.lowerBound > 0 { schema["minItems"] = .integer(Int64(count.lowerBound)) }
                schema["maxItems"] = .integer(Int64(count.upperBound))
                return schema
            },
            decode: { node, decoding in
                guard case .array(let nodes) = node.content else {
                    decoding.report(
                        .unacceptable(found: node.summary, expected: expectation), at: node.position
                    )
                    return nil
                }
                guard count.contains(nodes.count) else {
                    let bounds = "\(count.lowerBound) to \(count.upperBound) items"
                    decoding.report(
                        .unacceptable(
                            found: "\(nodes.count)", expected: "\(expectation) of \(bounds)"),
                        at: node.position)
                    return nil
                }
                var items: [Item] = []
                for (index, node) in nodes.enumerated() {
                    let value = decoding.at(.index(index)) { item.decode(node, &$0) }
                    if let value { items.append(value) }
                }
                check(items, &decoding)
                return items.count == nodes.count ? items : nil
            })
    }

    /// An object whose keys the user chooses, in the order they are written.
    ///
    /// - Parameter key: what a key has to look like.
    static func entries<Item>(
        of item: Shape<Item>, keyedBy key: KeyRule, _ expectation: String
    ) -> Shape where Value == [(key: String, value: Item)] {
        Shape(
            expectation: expectation,
            schema: {
                [
                    "type": "object",
                    "propertyNames": ["pattern": .string(key.pattern.source)],
                    "additionalProperties": .object(item.schema()),
                ]
            },
            decode: { node, decoding in
                guard case .object(let members) = node.content else {
                    decoding.report(
                        .unacceptable(found: node.summary, expected: expectation), at: node.position
                    )
                    return nil
                }
                var entries: [(key: String, value: Item)] = []
                for member in members {
                    decoding.at(.key(member.key)) { decoding in
                        guard key.pattern.matches(member.key) else {
                            decoding.report(
                                .unacceptable(
                                    found: "the key \(member.key.quoted(limit: 60))",
                                    expected: key.expectation), at: member.keyPosition)
                            return
                        }
                        let value = item.decode(member.value, &decoding)
                        if let value { entries.append((member.key, value)) }
                    }
                }
                return entries.count == members.count ? entries : nil
            })
    }

    /// An object whose keys the user chooses, where their order does not matter.
    static func dictionary<Item>(
        of item: Shape<Item>, keyedBy key: KeyRule, _ expectation: String
    ) -> Shape where Value == [String: Item] {
        Shape<[(key: String, value: Item)]>.entries(of: item, keyedBy: key, expectation)
            .map { entries in
                Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
            }
    }

    /// The same value written in one of several ways, told apart by what kind of JSON value it is.
    static func either(_ alternatives: (JSONNode.Kind, Shape)...) -> Shape {
        let expectation = alternatives.map(\.1.expectation).joined(separator: ", or ")
        return Shape(
            expectation: expectation,
            schema: { ["anyOf": .array(alternatives.map { .object($0.1.schema()) })] },
            decode: { node, decoding in
                guard let match = alternatives.first(where: { $0.0 == node.kind }) else {
                    decoding.report(
                        .unacceptable(found: node.summary, expected: expectation), at: node.position
                    )
                    return nil
                }
                return match.1.decode(node, &decoding)
            })
    }
}

/// What the keys of an object may look like.
struct KeyRule: Sendable {
    let expectation: String
    let pattern: Pattern
}

extension JSONNode {
    /// What decides between alternatives; a reference counts as the scalar it stands for.
    enum Kind: Sendable {
        case scalar
        case array
        case object
    }

    var kind: Kind {
        switch content {
        case .array: .array
        case .object: Reference(self) == nil ? .object : .scalar
        default: .scalar
        }
    }
}
