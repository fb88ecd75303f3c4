/// A test on one metadata key.
package struct MetadataCondition: Hashable, Sendable {
    package enum Test: Hashable, Sendable {
        /// The value is one of these; absent metadata equals nothing.
        case equals([MetadataScalar])
        /// The value is none of these; absent metadata passes.
        case differs([MetadataScalar])
        case exists(Bool)
        case prefix(String)
    }

    /// A metadata key, or the path to a nested one.
    package let key: String
    package let test: Test
}

/// A value that metadata is compared with.
package enum MetadataScalar: Hashable, Sendable {
    case string(String)
    case integer(Int64)
    case number(Double)
    case bool(Bool)

    /// As a label shows it.
    package var text: String {
        switch self {
        case .string(let value): value
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .bool(let value): "\(value)"
        }
    }
}

extension MetadataCondition {
    /// An object from metadata key to what is asked of it.
    static let list = Shape.entries(
        of: Test.shape, keyedBy: .eventKey, "an object of conditions by metadata key"
    )
    .map { entries in entries.map { MetadataCondition(key: $0.key, test: $0.value) } }
}

extension MetadataCondition.Test {
    fileprivate static let shape = Shape<MetadataCondition.Test>.either(
        (.scalar, MetadataScalar.shape.map { .equals([$0]) }),
        (.array, MetadataScalar.some.map { .equals($0) }),
        (.object, verbs))

    private static let verbs = Shape<[MetadataCondition.Test]>.object(
        Field<Bool?>("exists", .boolean, "Whether the key must be there."),
        Field<String?>("prefix", .text("a text", limit: 1024), "What the value begins with."),
        Field<[MetadataScalar]?>(
            "not",
            .either((.scalar, MetadataScalar.shape.map { [$0] }), (.array, MetadataScalar.some)),
            "What the value must not be."),
        build: { exists, prefix, not in
            [
                exists.map { .exists($0) }, prefix.map { .prefix($0) }, not.map { .differs($0) },
            ].compactMap { $0 }
        }
    )
    .adding(toSchema: ["minProperties": 1, "maxProperties": 1])
    .checked { tests, node, decoding in
        guard tests.count != 1 else { return }
        decoding.report(
            .unacceptable(
                found: "\(tests.count)",
                expected: "exactly one of \"exists\", \"prefix\" and \"not\""),
            at: node.position)
    }
    .map { $0.first ?? .equals([]) }
}

extension MetadataScalar {
    fileprivate static let shape = Shape<MetadataScalar>.scalar(
        "a text, a number, true or false", schema: ["type": ["string", "number", "boolean"]]
    ) { content in
        switch content {
        case .string(let value): .string(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .bool(let value): .bool(value)
        default: nil
        }
    }

    fileprivate static let some = Shape<[MetadataScalar]>.array(
        of: shape, count: 1...1000, "an array of texts and numbers")
}
