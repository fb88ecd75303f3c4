extension JSONSchemaRule {
    /// The end of the sentence "expected …", as far as this rule alone says it.
    var expectation: String {
        if isNever { return "nothing here" }
        if let values { return expectation(of: values) }
        var text = typeExpectation
        let bounds =
            lowerBounds.map { "\($0.isInclusive ? "at least" : "more than") \($0.text)" }
            + upperBounds.map { "\($0.isInclusive ? "at most" : "less than") \($0.text)" }
        if !bounds.isEmpty { text += " of \(bounds.joined(separator: " and "))" }
        if length.isLimited {
            text += " of \(length.text) characters"
        }
        if let pattern { text += " that matches \(pattern.source.quoted(limit: 120))" }
        return text
    }

    private func expectation(of values: [JSONValue]) -> String {
        let texts = values.prefix(20).map { JSONWriter().write($0) }.joined(separator: ", ")
        return values.count == 1 ? texts : "one of \(texts)"
    }

    private var typeExpectation: String {
        if let format { return format.expectation }
        let names = types.map { type in
            switch type {
            case .null: "null"
            case .boolean: "true or false"
            case .integer: "an integer"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        }
        if !names.isEmpty { return names.joined(separator: " or ") }
        if pattern != nil || length.isLimited { return "a string" }
        return lowerBounds.isEmpty && upperBounds.isEmpty ? "another value" : "a number"
    }
}

extension JSONSchemaRule.Bound {
    fileprivate var text: String { JSONWriter().write(value) }
}
