extension Shape {
    /// A single value, which may also be written elsewhere as `{"env": …}` or `{"file": …}`.
    ///
    /// - Parameters:
    ///   - expectation: the end of the sentence "expected …".
    ///   - schema: the JSON Schema of the value itself.
    ///   - isSecret: whether an error may show what was found.
    ///   - convert: the value of what is written, `nil` when that is not acceptable.
    static func scalar(
        _ expectation: String, schema: JSONObject, isSecret: Bool = false,
        convert: @escaping @Sendable (JSONNode.Content) -> Value?
    ) -> Shape {
        Shape(
            expectation: expectation,
            schema: { ["anyOf": [.object(schema), ["$ref": "#/$defs/reference"]]] },
            decode: { node, decoding in
                if let reference = Reference(node) {
                    return decodeReference(
                        reference, at: node.position, expectation, convert, &decoding)
                }
                if let value = convert(node.content) { return value }
                let found = isSecret ? node.kindSummary : node.summary
                decoding.report(
                    .unacceptable(found: found, expected: expectation), at: node.position)
                return nil
            })
    }

    /// What stands elsewhere is text; where the text itself is not accepted, the JSON scalar it
    /// spells may be.
    private static func decodeReference(
        _ reference: Reference, at position: JSONPosition, _ expectation: String,
        _ convert: (JSONNode.Content) -> Value?, _ decoding: inout Decoding
    ) -> Value? {
        let text: String
        do {
            text = try reference.resolve(
                environment: decoding.environment, directory: decoding.directory.path)
        } catch {
            decoding.report(.unresolved(reason: error.reason), at: position)
            return nil
        }
        if let value = convert(.string(text)) { return value }
        if let node = try? JSONReader.read(text), let value = convert(node.content) { return value }
        decoding.report(
            .unacceptable(found: reference.summary, expected: expectation), at: position)
        return nil
    }
}

extension Reference.Failure {
    var reason: String {
        switch self {
        case .unset(let reason), .unusable(let reason): reason
        }
    }
}

extension Shape<Bool> {
    static let boolean = scalar("true or false", schema: ["type": "boolean"]) { content in
        guard case .bool(let value) = content else { return nil }
        return value
    }
}

extension Shape<Int> {
    static func integer(in range: ClosedRange<Int>) -> Shape {
        scalar(
            "an integer from \(range.lowerBound) to \(range.upperBound)",
            schema: [
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        ) { content in
            guard case .integer(let value) = content, let integer = Int(exactly: value),
                range.contains(integer)
            else { return nil }
            return integer
        }
    }

    /// Bytes: a whole number, or a text with a unit.
    static func size(in range: ClosedRange<Int>) -> Shape {
        let bounds = "\(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))"
        return scalar(
            "a size from \(bounds), in bytes or such as \"64KiB\"",
            schema: [
                "anyOf": [
                    [
                        "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                        "maximum": .integer(Int64(range.upperBound)),
                    ],
                    ["type": "string", "pattern": "^[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)$"],
                ]
            ]
        ) { content in
            let size: Int? =
                switch content {
                case .integer(let value): Int(exactly: value)
                case .string(let text): ByteSize.parse(text)
                default: nil
                }
            return size.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Shape<Double> {
    static let number = scalar("a number", schema: ["type": "number"]) { content in
        switch content {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension Shape<Duration> {
    static func duration(in range: ClosedRange<Duration>) -> Shape {
        let bounds =
            "\(range.lowerBound.configurationText) to \(range.upperBound.configurationText)"
        return scalar(
            "a duration from \(bounds), such as \"250ms\", \"30s\", \"5m\", \"1h\" or \"7d\"",
            schema: ["type": "string", "pattern": "^[0-9]+(ns|us|ms|s|m|h|d)$"]
        ) { content in
            guard case .string(let text) = content,
                let duration = Duration(configurationText: text), range.contains(duration)
            else { return nil }
            return duration
        }
    }
}

extension Shape<Secret> {
    static let secret = scalar(
        "a text that is not empty, best as {\"env\": \"NAME\"} or {\"file\": \"path\"}",
        schema: ["type": "string", "minLength": 1, "writeOnly": true], isSecret: true
    ) { content in
        guard case .string(let text) = content, !text.isEmpty else { return nil }
        return Secret(text)
    }
}

extension Shape where Value: RawRepresentable<String> & CaseIterable {
    /// One of the enumeration's words.
    static var word: Shape {
        let words = Value.allCases.map(\.rawValue)
        return scalar(
            "one of \(words.listed())",
            schema: ["type": "string", "enum": .array(words.map { .string($0) })]
        ) { content in
            guard case .string(let text) = content else { return nil }
            return Value(rawValue: text)
        }
    }
}
