extension JSONSchemaCompiler {
    func error(_ node: JSONNode, _ reason: String) -> JSONSchemaError {
        JSONSchemaError(position: node.position, path: path, reason: reason)
    }

    func array(_ node: JSONNode) throws(JSONSchemaError) -> [JSONNode] {
        guard case .array(let items) = node.content else {
            throw error(node, "expected an array, found \(node.summary)")
        }
        return items
    }

    func text(_ node: JSONNode) throws(JSONSchemaError) -> String {
        guard case .string(let text) = node.content else {
            throw error(node, "expected a string, found \(node.summary)")
        }
        return text
    }

    func boolean(_ node: JSONNode) throws(JSONSchemaError) -> Bool {
        guard case .bool(let value) = node.content else {
            throw error(node, "expected true or false, found \(node.summary)")
        }
        return value
    }

    func number(_ node: JSONNode) throws(JSONSchemaError) -> JSONValue {
        switch node.content {
        case .integer, .number: return node.value
        default: throw error(node, "expected a number, found \(node.summary)")
        }
    }

    func count(_ node: JSONNode) throws(JSONSchemaError) -> Int {
        guard case .integer(let value) = node.content, value >= 0, let count = Int(exactly: value)
        else { throw error(node, "expected a count, found \(node.summary)") }
        return count
    }

    func types(_ node: JSONNode) throws(JSONSchemaError) -> [JSONSchemaRule.ValueType] {
        var names = [node]
        if case .array(let items) = node.content { names = items }
        var types: [JSONSchemaRule.ValueType] = []
        for name in names {
            guard let type = JSONSchemaRule.ValueType(rawValue: try text(name)) else {
                let known = JSONSchemaRule.ValueType.allCases.map(\.rawValue).listed()
                throw error(name, "expected one of \(known), found \(name.summary)")
            }
            types.append(type)
        }
        return types
    }

    func pattern(_ node: JSONNode) throws(JSONSchemaError) -> Pattern {
        do {
            return try Pattern(try text(node))
        } catch let problem as PatternError {
            throw error(node, problem.reason)
        } catch {
            throw self.error(node, "expected a string, found \(node.summary)")
        }
    }
}
