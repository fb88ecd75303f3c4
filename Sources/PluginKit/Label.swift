import CAgentPlugin

/// A label and the metadata key its value comes from; a literal names both at once.
public struct Label: Sendable, ExpressibleByStringLiteral {
    private let name: String
    private let key: String
    private let standard: String?

    public init(stringLiteral name: String) {
        self.init(name)
    }

    /// - Parameters:
    ///   - key: nested metadata by its path: "device.site"
    ///   - alternatives: keys to look under, in this order, where an event does not have the one before
    ///   - standard: stands in for metadata that is missing; without it the update is skipped and counted
    public init(
        _ name: String, from key: String? = nil, or alternatives: String...,
        default standard: String? = nil
    ) {
        self.name = name
        self.key = ([key ?? name] + alternatives).joined(separator: "\n")
        self.standard = standard
    }

    func inMemory(_ memory: StaticMemory) -> agent_label_def {
        agent_label_def(
            name: memory.text(name), key: memory.text(key),
            default_value: memory.text(standard ?? ""),
            flags: standard == nil ? 0 : AGENT_LABEL_HAS_DEFAULT, reserved: 0)
    }
}

/// A test on an event's metadata, or on a measurement.
public struct Condition: Sendable {
    private var key: String
    private let test: UInt32
    private let values: [String]
    private var negated = false

    private init(_ key: String, _ test: UInt32, _ values: [String]) {
        self.key = key
        self.test = test
        self.values = values
    }

    /// The value is one of these; missing metadata equals nothing.
    public static func equals(_ key: String, _ values: String...) -> Condition {
        Condition(key, AGENT_CONDITION_EQUALS, values)
    }

    /// The measurement is there, and greater than the limit.
    ///
    /// - Parameters:
    ///   - limit: a number in the measurement's unit; "250ms" where the measurement is a duration
    ///   - setting: where the operator may write another limit
    public static func above(
        _ measurement: String, _ limit: String, setting: String? = nil
    ) -> Condition {
        Condition(measurement, AGENT_CONDITION_ABOVE, [limit] + (setting.map { [$0] } ?? []))
    }

    /// The same test under other keys too, where an event does not have the one before.
    public func or(_ alternatives: String...) -> Condition {
        var copy = self
        copy.key = ([key] + alternatives).joined(separator: "\n")
        return copy
    }

    public static func exists(_ key: String) -> Condition {
        Condition(key, AGENT_CONDITION_EXISTS, [])
    }

    /// The value begins with one of these.
    public static func hasPrefix(_ key: String, _ prefixes: String...) -> Condition {
        Condition(key, AGENT_CONDITION_PREFIX, prefixes)
    }

    public static prefix func ! (condition: Condition) -> Condition {
        var copy = condition
        copy.negated.toggle()
        return copy
    }

    func inMemory(_ memory: StaticMemory) -> agent_condition {
        agent_condition(
            key: memory.text(key), op: test, flags: negated ? AGENT_CONDITION_NEGATED : 0,
            values: memory.array(values.map { memory.text($0) }),
            values_count: UInt32(values.count),
            reserved: 0)
    }
}
