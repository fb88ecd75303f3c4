/// Turns a schema's text into rules, and refuses what they would not do justice to.
struct JSONSchemaCompiler {
    private(set) var rules: [JSONSchemaRule] = []
    private(set) var path = ValuePath()
    private var rulesByPointer: [String: Int] = [:]
    private var references: [(rule: Int, target: String, error: JSONSchemaError)] = []

    mutating func compile(_ node: JSONNode) throws(JSONSchemaError) {
        _ = try rule(node)
        for (rule, target, error) in references {
            guard let index = rulesByPointer[target] else { throw error }
            rules[rule].reference = index
        }
        try checkCycles(at: node.position)
    }

    /// Adds the rule for one schema and gives its index.
    private mutating func rule(_ node: JSONNode) throws(JSONSchemaError) -> Int {
        let index = rules.count
        rules.append(JSONSchemaRule())
        rulesByPointer[path.pointer] = index
        switch node.content {
        case .bool(let accepts): rules[index].isNever = !accepts
        case .object(let members):
            var rule = JSONSchemaRule()
            for member in members {
                path.append(.key(member.key))
                try read(member.key, member.value, into: &rule, at: index)
                path.removeLast()
            }
            rules[index] = rule
        default: throw error(node, "a schema is an object, true or false, not \(node.summary)")
        }
        return index
    }

    private mutating func read(
        _ keyword: String, _ node: JSONNode, into rule: inout JSONSchemaRule, at index: Int
    ) throws(JSONSchemaError) {
        switch keyword {
        case "type": rule.types = try types(node)
        case "enum": rule.values = try array(node).map(\.value)
        case "const": rule.values = [node.value]
        case "minimum", "exclusiveMinimum":
            rule.lowerBounds.append(
                .init(value: try number(node), isInclusive: keyword == "minimum"))
        case "maximum", "exclusiveMaximum":
            rule.upperBounds.append(
                .init(value: try number(node), isInclusive: keyword == "maximum"))
        case "minLength": rule.length.minimum = try count(node)
        case "maxLength": rule.length.maximum = try count(node)
        case "pattern": rule.pattern = try pattern(node)
        case "format": rule.format = JSONSchemaFormat(rawValue: try text(node))
        case "minItems": rule.itemCount.minimum = try count(node)
        case "maxItems": rule.itemCount.maximum = try count(node)
        case "uniqueItems": rule.hasUniqueItems = try boolean(node)
        case "required": for item in try array(node) { rule.required.append(try text(item)) }
        case "minProperties": rule.propertyCount.minimum = try count(node)
        case "maxProperties": rule.propertyCount.maximum = try count(node)
        case "writeOnly": rule.isWriteOnly = try boolean(node)
        case "x-path": rule.isPath = try boolean(node)
        case "x-when-unset": rule.isLeftOutWhenUnset = try text(node) == "left-out"
        case "$ref": try reference(node, of: index)
        default: try readSchemas(keyword, node, into: &rule)
        }
    }

    /// The keywords that hold schemas, and those that hold nothing to check.
    private mutating func readSchemas(
        _ keyword: String, _ node: JSONNode, into rule: inout JSONSchemaRule
    ) throws(JSONSchemaError) {
        switch keyword {
        case "items": rule.items = try self.rule(node)
        case "additionalProperties": rule.additionalProperties = try self.rule(node)
        case "propertyNames": rule.propertyNames = try self.rule(node)
        case "not": rule.not = try self.rule(node)
        case "if": rule.condition = try self.rule(node)
        case "then": rule.consequence = try self.rule(node)
        case "else": rule.alternative = try self.rule(node)
        case "allOf": rule.allOf = try list(node)
        case "anyOf": rule.anyOf = try list(node)
        case "oneOf": rule.oneOf = try list(node)
        case "properties": rule.properties = try named(node)
        case "$defs": _ = try named(node)
        case "title", "description", "$comment", "$schema", "contentEncoding", "contentMediaType":
            _ = try text(node)
        case "default", "examples", "deprecated", "readOnly": break
        case "$id" where path.components.count == 1: _ = try text(node)
        case _ where keyword.hasPrefix("x-"): break
        default: throw error(node, "the keyword \(keyword.quoted(limit: 40)) is not supported")
        }
    }

    private mutating func list(_ node: JSONNode) throws(JSONSchemaError) -> [Int] {
        var indices: [Int] = []
        for (index, item) in try array(node).enumerated() {
            path.append(.index(index))
            indices.append(try rule(item))
            path.removeLast()
        }
        guard !indices.isEmpty else { throw error(node, "expected at least one schema") }
        return indices
    }

    private mutating func named(
        _ node: JSONNode
    ) throws(JSONSchemaError) -> [(key: String, rule: Int)] {
        guard case .object(let members) = node.content else {
            throw error(node, "expected an object of schemas, found \(node.summary)")
        }
        var rules: [(key: String, rule: Int)] = []
        for member in members {
            path.append(.key(member.key))
            rules.append((member.key, try rule(member.value)))
            path.removeLast()
        }
        return rules
    }

    private mutating func reference(_ node: JSONNode, of rule: Int) throws(JSONSchemaError) {
        let target = try text(node)
        guard target == "#" || target.hasPrefix("#/") else {
            throw error(node, "only references into the schema itself (\"#/…\") are supported")
        }
        references.append(
            (
                rule, String(target.dropFirst()),
                error(node, "\(target.quoted(limit: 60)) is no schema in this schema")
            ))
    }

    /// Refuses schemas that look at one value for ever: `{"$ref": "#"}`.
    private func checkCycles(at position: JSONPosition) throws(JSONSchemaError) {
        var isDone = Array(repeating: false, count: rules.count)
        var isOpen = isDone
        for start in rules.indices where !isDone[start] {
            // Each entry is a rule and how many of the rules it applies were visited.
            var pending = [(rule: start, next: 0)]
            isOpen[start] = true
            while let (rule, next) = pending.last {
                let applied = rules[rule].applied
                guard next < applied.count else {
                    isOpen[rule] = false
                    isDone[rule] = true
                    pending.removeLast()
                    continue
                }
                pending[pending.count - 1].next += 1
                let target = applied[next]
                guard !isOpen[target] else {
                    throw JSONSchemaError(
                        position: position, path: ValuePath(),
                        reason: "the schema refers to itself without an end")
                }
                if !isDone[target] {
                    isOpen[target] = true
                    pending.append((target, 0))
                }
            }
        }
    }
}
