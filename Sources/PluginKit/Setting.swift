import CAgentPlugin

/// One setting: its key, what it means, what is accepted, and the default. Declared once, it is decoded and it
/// stands in the plugin's JSON Schema.
///
///     struct KafkaSettings: PluginSettings {
///         @Setting("topic", "Where samples go.") var topic = "metrics"
///         @Setting("linger_ms", "How long a batch waits.", in: 0...60_000) var linger = 5
///         @Setting("password", "Of the broker.") var password: Secret?
///     }
@propertyWrapper
public struct Setting<Value: SettingValue>: Sendable, AnySetting {
    let key: String
    private let help: String
    private let isRequired: Bool
    private let whenUnset: UnsetVariable
    private let range: ClosedRange<Double>?
    private let slot: Slot

    // The value is written while the settings are decoded, by the one thread that has them, and read after.
    private final class Slot: @unchecked Sendable {
        var value: Value

        init(_ value: Value) {
            self.value = value
        }
    }

    public var wrappedValue: Value { slot.value }

    /// - Parameters:
    ///   - required: the operator must write it; the value given here is then never seen
    ///   - range: what a number is accepted from and to
    ///   - whenUnset: what becomes of `{"env": "NAME"}` while there is no such variable
    public init(
        wrappedValue: Value, _ key: String, _ help: String, in range: ClosedRange<Double>? = nil,
        required: Bool = false, whenUnset: UnsetVariable = .refused
    ) {
        self.key = key
        self.help = help
        self.range = range
        isRequired = required
        self.whenUnset = whenUnset
        slot = Slot(wrappedValue)
    }

    /// A setting that may be left out: `nil` then.
    public init<Wrapped>(
        _ key: String, _ help: String, in range: ClosedRange<Double>? = nil,
        whenUnset: UnsetVariable = .refused
    ) where Value == Wrapped? {
        self.init(wrappedValue: nil, key, help, in: range, whenUnset: whenUnset)
    }

    var schema: JSON {
        var members = [JSON.Member("description", .string(help))] + Value.schema
        if let range {
            members.append(.init("minimum", Self.bound(range.lowerBound)))
            members.append(.init("maximum", Self.bound(range.upperBound)))
        }
        if whenUnset == .leftOut { members.append(.init("x-when-unset", "left-out")) }
        if !isRequired, let standard = slot.value.json {
            members.append(.init("default", standard))
        }
        return .object(members)
    }

    var requiredKey: JSON? { isRequired ? .string(key) : nil }

    func decode(_ json: JSON?, _ host: Host) throws {
        guard let json else {
            guard !isRequired else { throw refused("is missing") }
            return
        }
        guard let value = try Value(json: json, host: host) else {
            throw refused("found \(json.kind), accepted: \(Value.accepted)")
        }
        if let range, let number = value.json?.double, !(range ~= number) {
            let bounds = (Self.bound(range.lowerBound), Self.bound(range.upperBound))
            throw refused("found \(json), accepted: \(bounds.0) to \(bounds.1)")
        }
        slot.value = value
    }

    private func refused(_ why: String) -> PluginError {
        PluginError("setting \"\(key)\": \(why)", status: AGENT_INVALID)
    }

    private static func bound(_ number: Double) -> JSON {
        Int64(exactly: number).map { .integer($0) } ?? .number(number)
    }
}

/// What an operator's `{"env": "NAME"}` means while the variable is not set.
public enum UnsetVariable: Sendable {
    /// An error: what protects something must not fall away unnoticed.
    case refused
    /// As if the setting were not written: for what may be off.
    case leftOut
}

/// A ``Setting`` of any type.
protocol AnySetting {
    var key: String { get }
    var schema: JSON { get }
    var requiredKey: JSON? { get }

    /// Takes the value that is written, or keeps the default when none is.
    func decode(_ json: JSON?, _ host: Host) throws
}
