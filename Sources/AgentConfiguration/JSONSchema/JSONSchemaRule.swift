/// One schema inside a schema; other rules are meant by their index.
struct JSONSchemaRule: Sendable {
    enum ValueType: String, CaseIterable, Sendable {
        case null
        case boolean
        case integer
        case number
        case string
        case array
        case object
    }

    /// A bound and whether the value itself still lies within.
    struct Bound: Sendable {
        let value: JSONValue
        let isInclusive: Bool
    }

    /// How many characters, items or keys there may be.
    struct CountRange: Sendable {
        var minimum = 0
        var maximum: Int?

        var isLimited: Bool { minimum > 0 || maximum != nil }

        func contains(_ count: Int) -> Bool {
            count >= minimum && maximum.map { count <= $0 } ?? true
        }

        /// `1 to 5`, `at least 1`.
        var text: String {
            maximum.map { "\(minimum) to \($0)" } ?? "at least \(minimum)"
        }
    }

    /// The schema `false`.
    var isNever = false
    var types: [ValueType] = []
    var values: [JSONValue]?
    var lowerBounds: [Bound] = []
    var upperBounds: [Bound] = []
    var length = CountRange()
    var pattern: Pattern?
    var format: JSONSchemaFormat?

    var items: Int?
    var itemCount = CountRange()
    var hasUniqueItems = false

    var properties: [(key: String, rule: Int)] = []
    var required: [String] = []
    var additionalProperties: Int?
    var propertyNames: Int?
    var propertyCount = CountRange()

    var allOf: [Int] = []
    var anyOf: [Int] = []
    var oneOf: [Int] = []
    var not: Int?
    var condition: Int?
    var consequence: Int?
    var alternative: Int?
    var reference: Int?

    /// Whether the value is a secret.
    var isWriteOnly = false

    /// Whether a text is a path, relative to the configuration's directory.
    var isPath = false

    /// Whether a value that refers to a variable which is not set counts as left out.
    var isLeftOutWhenUnset = false

    /// Rules that look at the same value.
    var applied: [Int] {
        allOf + anyOf + oneOf
            + [not, condition, consequence, alternative, reference].compactMap { $0 }
    }

    /// Whether only a single value can satisfy this rule, so that an object in its place can only
    /// be a reference.
    var wantsScalar: Bool {
        if !types.isEmpty { return !types.contains(.object) && !types.contains(.array) }
        if let values { return values.allSatisfy(\.isScalar) }
        return pattern != nil || format != nil || length.isLimited
            || !lowerBounds.isEmpty || !upperBounds.isEmpty
    }

    /// Whether a text can satisfy this rule.
    var acceptsText: Bool {
        types.isEmpty || types.contains(.string)
    }
}

extension JSONSchemaRule.ValueType {
    func matches(_ content: JSONNode.Content) -> Bool {
        switch (self, content) {
        case (.null, .null), (.boolean, .bool), (.integer, .integer), (.number, .integer),
            (.number, .number), (.string, .string), (.array, .array), (.object, .object):
            true
        case (.integer, .number(let value)): value.rounded() == value
        default: false
        }
    }
}

extension JSONSchemaRule.Bound {
    /// Whether `number` is not below this bound.
    func isBelow(_ number: JSONValue) -> Bool {
        value.isLess(than: number) || (isInclusive && value == number)
    }

    /// Whether `number` is not above this bound.
    func isAbove(_ number: JSONValue) -> Bool {
        number.isLess(than: value) || (isInclusive && value == number)
    }
}

extension JSONValue {
    var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    fileprivate func isLess(than other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left < right
        case (.integer(let left), .number(let right)): Double(left) < right
        case (.number(let left), .integer(let right)): left < Double(right)
        case (.number(let left), .number(let right)): left < right
        default: false
        }
    }
}
