/// Holds one value against a schema and collects everything that is wrong.
struct JSONSchemaValidation {
    let schema: JSONSchema
    let location: ConfigurationLocation

    /// Finds the value of what looks like a reference at a path; `nil` where references are plain
    /// objects.
    let settings: PluginSettings?
    private(set) var path = ValuePath()
    private(set) var errors: [ConfigurationError] = []

    /// What stands for each reference that the schema took for one, by key path.
    private(set) var substitutes: [String: JSONValue] = [:]

    /// The keys that count as left out, by key path.
    private(set) var omissions: Set<String> = []

    /// What a schema may ask for: alternatives within alternatives multiply.
    private var steps = 0
    private var depth = 0
    private static let limit = (steps: 200_000, depth: 256)

    init(_ schema: JSONSchema, at location: ConfigurationLocation, settings: PluginSettings? = nil)
    {
        self.schema = schema
        self.location = location
        self.settings = settings
    }

    mutating func check(_ node: JSONNode) {
        check(Instance(node: node), by: 0)
    }

    /// A value, and what to call it when it must not be shown.
    private struct Instance {
        let node: JSONNode
        var summary: String?
        var isSecret = false
    }

    private mutating func check(_ written: Instance, by index: Int) {
        steps += 1
        depth += 1
        defer { depth -= 1 }
        guard steps < Self.limit.steps, depth < Self.limit.depth else {
            return reportLimit(at: written.node.position)
        }
        let rule = schema.rules[index]
        var written = written
        written.isSecret = written.isSecret || rule.isWriteOnly
        guard let instance = substituted(written, by: rule) else { return }
        guard !rule.isNever, rule.accepts(instance.node) else {
            return report(instance, expected: rule.expectation)
        }
        switch instance.node.content {
        case .array(let items): checkItems(items, of: instance, rule)
        case .object(let members): checkMembers(members, of: instance, rule)
        case .string(let text) where rule.isPath && !instance.isSecret:
            substitutes[path.description] = (settings?.directory.resolve(text)).map { .string($0) }
        default: break
        }
        checkApplied(instance, rule)
    }

    private mutating func report(
        _ instance: Instance, expected: String, found: String? = nil
    ) {
        let summary = instance.isSecret ? instance.node.kindSummary : instance.node.summary
        report(
            .unacceptable(found: found ?? instance.summary ?? summary, expected: expected),
            at: instance.node.position)
    }

    /// Once: what comes after cannot be checked either.
    private mutating func reportLimit(at position: JSONPosition) {
        let problem = ConfigurationError.Problem.inconsistent(
            reason: "the plugin's schema is too complex to check this")
        guard errors.last?.problem != problem else { return }
        report(problem, at: position)
    }

    private mutating func report(_ problem: ConfigurationError.Problem, at position: JSONPosition) {
        let keyPath = ValuePath(location.keyPath.components + path.components)
        errors.append(
            ConfigurationError(
                file: location.file, position: position, keyPath: keyPath, problem: problem))
    }
}

// MARK: Arrays and objects

extension JSONSchemaValidation {
    private mutating func checkItems(
        _ items: [JSONNode], of instance: Instance, _ rule: JSONSchemaRule
    ) {
        if !rule.itemCount.contains(items.count) {
            report(instance, expected: "\(rule.itemCount.text) items", found: "\(items.count)")
        }
        if rule.hasUniqueItems {
            var seen: Set<JSONValue> = []
            for (index, item) in items.enumerated() where !seen.insert(item.value).inserted {
                at(.index(index)) {
                    $0.report(.inconsistent(reason: "this item is given twice"), at: item.position)
                }
            }
        }
        guard let itemRule = rule.items else { return }
        for (index, item) in items.enumerated() {
            at(.index(index)) { $0.check(Instance(node: item), by: itemRule) }
        }
    }

    private mutating func checkMembers(
        _ members: [JSONNode.Member], of instance: Instance, _ rule: JSONSchemaRule
    ) {
        if !rule.propertyCount.contains(members.count) {
            report(instance, expected: "\(rule.propertyCount.text) keys", found: "\(members.count)")
        }
        for key in rule.required where !isGiven(key, in: instance.node, rule) {
            let known = rule.properties.first { $0.key == key }
            let expected = known.map { schema.rules[$0.rule].expectation } ?? "a value"
            report(.missingKey(key, expected: expected), at: instance.node.position)
        }
        for member in members { at(.key(member.key)) { $0.check(member, by: rule) } }
    }

    private mutating func check(_ member: JSONNode.Member, by rule: JSONSchemaRule) {
        if let names = rule.propertyNames {
            let key = JSONNode(JSONNode.Content.string(member.key), at: member.keyPosition)
            check(
                Instance(node: key, summary: "the key \(member.key.quoted(limit: 60))"), by: names)
        }
        if let property = rule.properties.first(where: { $0.key == member.key }) {
            guard !isLeftOut(member.value, property.rule) else {
                omissions.insert(path.description)
                return
            }
            check(Instance(node: member.value), by: property.rule)
        } else if let additional = rule.additionalProperties {
            if schema.rules[additional].isNever {
                let accepted = rule.properties.map(\.key)
                report(
                    .unknownKey(nearest: accepted.nearest(to: member.key), accepted: accepted),
                    at: member.keyPosition)
            } else {
                check(Instance(node: member.value), by: additional)
            }
        }
    }

    private mutating func at(
        _ component: ValuePath.Component, _ body: (inout JSONSchemaValidation) -> Void
    ) {
        path.append(component)
        body(&self)
        path.removeLast()
    }
}

// MARK: Rules that apply to the same value

extension JSONSchemaValidation {
    private mutating func checkApplied(_ instance: Instance, _ rule: JSONSchemaRule) {
        if let reference = rule.reference { check(instance, by: reference) }
        for part in rule.allOf { check(instance, by: part) }
        if !rule.anyOf.isEmpty { checkAlternatives(rule.anyOf, instance, rule, exactlyOne: false) }
        if !rule.oneOf.isEmpty { checkAlternatives(rule.oneOf, instance, rule, exactlyOne: true) }
        if let not = rule.not, trial(instance, by: not).errors.isEmpty {
            report(
                instance, expected: "anything but \(schema.rules[not].expectation)")
        }
        if let condition = rule.condition {
            let holds = trial(instance, by: condition)
            if holds.errors.isEmpty { adopt(holds) }
            let next = holds.errors.isEmpty ? rule.consequence : rule.alternative
            if let next { check(instance, by: next) }
        }
    }

    /// Where no alternative holds, the one that at least is of the right type says what is wrong.
    private mutating func checkAlternatives(
        _ alternatives: [Int], _ instance: Instance, _ rule: JSONSchemaRule, exactlyOne: Bool
    ) {
        let trials = alternatives.map { trial(instance, by: $0) }
        let passed = trials.filter(\.errors.isEmpty)
        if passed.isEmpty {
            let close = zip(alternatives, trials)
                .filter { schema.rules[$0.0].hasType(of: instance.node) }
            guard close.count == 1, let errors = close.first?.1.errors else {
                let expected = alternatives.map { schema.rules[$0].expectation }
                return report(instance, expected: expected.joined(separator: ", or "))
            }
            self.errors += errors
        } else if exactlyOne, passed.count > 1 {
            let expected = "what only one of its \(alternatives.count) alternatives accepts"
            report(instance, expected: expected)
        } else {
            for trial in passed { adopt(trial) }
        }
    }

    /// What a schema that accepts took values for.
    private mutating func adopt(_ trial: JSONSchemaValidation) {
        substitutes.merge(trial.substitutes) { first, _ in first }
        omissions.formUnion(trial.omissions)
    }

    private mutating func trial(_ instance: Instance, by index: Int) -> JSONSchemaValidation {
        var trial = self
        trial.errors = []
        trial.check(instance, by: index)
        steps = trial.steps
        return trial
    }
}

// MARK: References

extension JSONSchemaValidation {
    /// Whether the operator refers to a variable that is not set, and the rule takes that for nothing written.
    private func isLeftOut(_ node: JSONNode, _ index: Int) -> Bool {
        guard schema.rules[index].isLeftOutWhenUnset, case .environment(let name)? = Reference(node)
        else { return false }
        return settings?.unsetVariables.contains(name) ?? false
    }

    private func isGiven(_ key: String, in object: JSONNode, _ rule: JSONSchemaRule) -> Bool {
        guard let member = object.member(key) else { return false }
        guard let property = rule.properties.first(where: { $0.key == key }) else { return true }
        return !isLeftOut(member.value, property.rule)
    }

    /// The value a reference stands for where the rule wants a single value; `nil` after an error
    /// was reported.
    private mutating func substituted(
        _ instance: Instance, by rule: JSONSchemaRule
    ) -> Instance? {
        guard rule.wantsScalar, let settings, let reference = Reference(instance.node) else {
            return instance
        }
        let key = path.description
        guard let secret = settings.secrets[key] else {
            let reason = settings.unresolved[key] ?? "the value cannot be found"
            report(.unresolved(reason: reason), at: instance.node.position)
            return nil
        }
        var content = JSONNode.Content.string(secret.revealed())
        if !rule.acceptsText, let spelt = try? JSONReader.read(secret.revealed()) {
            content = spelt.content
        }
        let node = JSONNode(content, at: instance.node.position)
        substitutes[key] = instance.isSecret ? ["secret": .string(key)] : node.value
        return Instance(node: node, summary: reference.summary, isSecret: instance.isSecret)
    }
}

// MARK: One value by itself

extension JSONSchemaRule {
    /// Whether the type and everything said about a single value fit; not what an array or object
    /// holds.
    fileprivate func accepts(_ node: JSONNode) -> Bool {
        guard hasType(of: node), values?.contains(node.value) ?? true else { return false }
        switch node.content {
        case .integer, .number:
            let value = node.value
            return lowerBounds.allSatisfy { $0.isBelow(value) }
                && upperBounds.allSatisfy { $0.isAbove(value) }
        case .string(let text):
            return length.contains(text.unicodeScalars.count) && pattern?.matches(text) ?? true
                && format?.matches(text) ?? true
        default: return true
        }
    }

    fileprivate func hasType(of node: JSONNode) -> Bool {
        types.isEmpty || types.contains { $0.matches(node.content) }
    }
}
