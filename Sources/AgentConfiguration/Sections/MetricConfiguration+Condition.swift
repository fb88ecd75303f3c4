extension MetricConfiguration {
    /// A test on one metadata key.
    package struct Condition: Hashable, Sendable {
        package enum Test: Hashable, Sendable {
            /// The value is one of these; absent metadata equals nothing.
            case equals([Scalar])
            /// The value is none of these; absent metadata passes.
            case differs([Scalar])
            case exists(Bool)
            case prefix(String)
        }

        /// A metadata key, or the path to a nested one.
        package let key: String
        package let test: Test
    }

    /// A value that metadata is compared with.
    package enum Scalar: Hashable, Sendable {
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
}

extension MetricConfiguration.Condition {
    /// An object from metadata key to what is asked of it.
    static let list = Shape.entries(
        of: Test.shape, keyedBy: .eventKey, "an object of conditions by metadata key"
    )
    .map { entries in entries.map { Self(key: $0.key, test: $0.value) } }
}

extension MetricConfiguration.Condition.Test {
    /// The value itself, several of them, or an object that asks something else.
    fileprivate static let shape = Shape<Self>.either(
        (.scalar, MetricConfiguration.Scalar.shape.map { .equals([$0]) }),
        (.array, MetricConfiguration.Scalar.list.map { .equals($0) }),
        (.object, verbs))

    private static let verbs = Shape<Self>.object(
        Field<Bool?>("exists", .boolean, "Whether the key must be there."),
        Field<String?>("prefix", .text("a text", limit: 1024), "What the value begins with."),
        Field<[MetricConfiguration.Scalar]?>(
            "not", MetricConfiguration.Scalar.oneOrMore, "What the value must not be."),
        build: { exists, prefix, not throws(AbsentValue) in
            let tests = [
                exists.map { Self.exists($0) }, prefix.map { .prefix($0) },
                not.map { .differs($0) },
            ].compactMap(\.self)
            guard let test = tests.first, tests.count == 1 else { throw AbsentValue() }
            return test
        }
    )
    .ruled { node, decoding in
        guard case .object(let members) = node.content, members.count != 1 else { return }
        decoding.report(
            .unacceptable(
                found: "\(members.count) keys",
                expected: "exactly one of \"exists\", \"prefix\" and \"not\""),
            at: node.position)
    }
    .adding(toSchema: ["minProperties": 1, "maxProperties": 1])
}

extension MetricConfiguration.Scalar {
    fileprivate static let shape = Shape<Self>.scalar(
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

    fileprivate static let list = Shape<[Self]>.array(
        of: shape, count: 1...1000, "an array of texts and numbers")

    fileprivate static let oneOrMore = Shape<[Self]>.either(
        (.scalar, shape.map { [$0] }), (.array, list))
}
