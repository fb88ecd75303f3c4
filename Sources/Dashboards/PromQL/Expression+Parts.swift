extension Expression {
    /// The expressions directly inside this one, in their order.
    package var parts: [Expression] {
        switch content {
        case .number, .string, .variable, .selector: []
        case .range(let inner, _), .subquery(let inner, _, _), .offset(let inner, _),
            .at(let inner),
            .signed(let inner), .parenthesized(let inner):
            [inner]
        case .call(let call): call.arguments
        case .aggregation(let aggregation): aggregation.arguments
        case .binary(let binary): [binary.left, binary.right]
        }
    }

    /// Whether it, or a part of it, is of a kind.
    package func contains(_ isMeant: (Expression) -> Bool) -> Bool {
        isMeant(self) || parts.contains { $0.contains(isMeant) }
    }

    /// Every selector in it.
    package var selectors: [VectorSelector] {
        if case .selector(let selector) = content { return [selector] }
        return parts.flatMap(\.selectors)
    }

    /// Whether every selector in it has a matcher for this label.
    func matches(_ label: String) -> Bool {
        selectors.allSatisfy { $0.matchers.contains { $0.label.text == label } }
    }
}
