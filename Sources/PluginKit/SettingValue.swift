/// What a setting may be: text, a number, a boolean, a duration, a list of texts, one of an enumeration's raw values, a
/// ``Secret``, each also optional.
public protocol SettingValue: Sendable {
    /// Members of its JSON Schema.
    static var schema: [JSON.Member] { get }

    /// What is accepted, for a sentence.
    static var accepted: String { get }

    /// `nil` where `json` is not one.
    init?(json: JSON, host: Host) throws

    /// As it stands in the schema's `default`; `nil`: there is nothing to show.
    var json: JSON? { get }
}

extension String: SettingValue {
    public static var schema: [JSON.Member] { [.init("type", "string")] }
    public static var accepted: String { "a string" }

    public init?(json: JSON, host: Host) {
        guard case .string(let string) = json else { return nil }
        self = string
    }

    public var json: JSON? { .string(self) }
}

/// The path of a file or directory, relative to the directory of the operator's configuration where it is not absolute.
public struct FilePath: SettingValue {
    /// Resolved already.
    public let text: String

    public static var schema: [JSON.Member] { String.schema + [.init("x-path", .bool(true))] }
    public static var accepted: String { "a path" }

    public init?(json: JSON, host: Host) {
        guard case .string(let path) = json else { return nil }
        text = path
    }

    public var json: JSON? { .string(text) }
}

extension Bool: SettingValue {
    public static var schema: [JSON.Member] { [.init("type", "boolean")] }
    public static var accepted: String { "true or false" }

    public init?(json: JSON, host: Host) {
        guard case .bool(let bool) = json else { return nil }
        self = bool
    }

    public var json: JSON? { .bool(self) }
}

extension Int: SettingValue {
    public static var schema: [JSON.Member] { [.init("type", "integer")] }
    public static var accepted: String { "an integer" }

    public init?(json: JSON, host: Host) {
        guard case .integer(let integer) = json else { return nil }
        self.init(integer)
    }

    public var json: JSON? { .integer(Int64(self)) }
}

extension Double: SettingValue {
    public static var schema: [JSON.Member] { [.init("type", "number")] }
    public static var accepted: String { "a number" }

    public init?(json: JSON, host: Host) {
        guard let double = json.double else { return nil }
        self = double
    }

    public var json: JSON? { .number(self) }
}

/// A whole number and its unit, as everywhere in the agent's configuration.
extension Duration: SettingValue {
    public static var schema: [JSON.Member] {
        [.init("type", "string"), .init("pattern", "^[0-9]{1,9}(ns|us|ms|s|m|h|d)$")]
    }
    public static var accepted: String { "a duration such as \"250ms\"" }

    public init?(json: JSON, host: Host) {
        guard case .string(let text) = json else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), digits.count < 10,
            let unit = Self.units.first(where: { $0.name == text[digits.endIndex...] })
        else { return nil }
        self = unit.length * count
    }

    /// In the largest unit that says it as a whole number.
    public var json: JSON? {
        for unit in Self.units.reversed() {
            // Too many nanoseconds for an integer are whole seconds, or nothing that can be said.
            if let count = Int64(exactly: self / unit.length), count >= 1,
                unit.length * count == self
            {
                return .string("\(count)\(unit.name)")
            }
        }
        return nil
    }

    private static let units: [(name: String, length: Duration)] = [
        ("ns", .nanoseconds(1)), ("us", .microseconds(1)), ("ms", .milliseconds(1)),
        ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3_600)), ("d", .seconds(86_400)),
    ]
}

extension [String]: SettingValue {
    public static var schema: [JSON.Member] {
        [.init("type", "array"), .init("items", .object(String.schema))]
    }
    public static var accepted: String { "a list of strings" }

    public init?(json: JSON, host: Host) {
        guard case .array(let elements) = json else { return nil }
        let strings = elements.compactMap { String(json: $0, host: host) }
        guard strings.count == elements.count else { return nil }
        self = strings
    }

    public var json: JSON? { .array(map { .string($0) }) }
}

extension SettingValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    public static var schema: [JSON.Member] {
        [.init("enum", .array(allCases.map { .string($0.rawValue) }))]
    }
    public static var accepted: String {
        "one of " + allCases.map(\.rawValue).joined(separator: ", ")
    }

    public init?(json: JSON, host: Host) {
        guard case .string(let string) = json else { return nil }
        self.init(rawValue: string)
    }

    public var json: JSON? { .string(rawValue) }
}

/// In the schema a secret is a `writeOnly` string. What the host hands on is `{"secret": KEY}`, or the
/// text itself where the operator wrote it down.
extension Secret: SettingValue {
    public static var schema: [JSON.Member] {
        [.init("type", "string"), .init("writeOnly", .bool(true))]
    }
    public static var accepted: String { "a string" }

    public convenience init?(json: JSON, host: Host) throws {
        switch json {
        case .string(let string):
            self.init(copying: string.utf8)
        case .object(let members):
            guard members.count == 1, case .string(let key) = json["secret"] else { return nil }
            try self.init(key, of: host)
        default:
            return nil
        }
    }

    public var json: JSON? { nil }
}

extension Optional: SettingValue where Wrapped: SettingValue {
    public static var schema: [JSON.Member] { Wrapped.schema }
    public static var accepted: String { Wrapped.accepted }

    public init?(json: JSON, host: Host) throws {
        guard let wrapped = try Wrapped(json: json, host: host) else { return nil }
        self = wrapped
    }

    public var json: JSON? { flatMap(\.json) }
}

extension JSON: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) {
        self = .string(value)
    }
}

extension JSON {
    /// A number of either form.
    var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
