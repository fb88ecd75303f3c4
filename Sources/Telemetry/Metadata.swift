/// What an event was about: one value, possibly nested.
public enum MetadataValue: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
    case object([String: MetadataValue])
    case array([MetadataValue])
    /// Given, but empty: the same as absent for labels and conditions.
    case null
}

extension MetadataValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .real(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (String, MetadataValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
    public init(arrayLiteral elements: MetadataValue...) { self = .array(elements) }

    /// The value as a label shows it; nil for what has no text of its own.
    public var text: String? {
        switch self {
        case .string(let value): value
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .boolean(let value): value ? "true" : "false"
        case .object, .array, .null: nil
        }
    }
}

/// The metadata of an event, by key, in the order given. A key stands once; the last one counts.
///
/// Nested values are reached by path: `device.site`, `tags.0`.
public struct Metadata: Sendable, Hashable {
    package var pairs: [(key: String, value: MetadataValue)]

    public init() { pairs = [] }

    public subscript(key: String) -> MetadataValue? {
        get { pairs.last { $0.key == key }?.value }
        set {
            pairs.removeAll { $0.key == key }
            if let newValue { pairs.append((key, newValue)) }
        }
    }

    public var keys: [String] { pairs.map(\.key) }
    public var isEmpty: Bool { pairs.isEmpty }

    /// Adds the pairs of `other`, which win.
    public func merging(_ other: Metadata) -> Metadata {
        var result = self
        for (key, value) in other.pairs { result[key] = value }
        return result
    }

    public static func == (a: Self, b: Self) -> Bool { a.dictionary == b.dictionary }
    public func hash(into hasher: inout Hasher) { hasher.combine(dictionary) }

    /// The same as a dictionary.
    public var dictionary: [String: MetadataValue] {
        Dictionary(pairs.map { ($0.key, $0.value) }) { $1 }
    }

    /// How deep nested values are followed; what lies deeper is left out.
    package static let maximumDepth = 16

    /// Nested values brought to one level, keys joined by dots; nulls left out.
    package func flattened() -> [(key: String, value: MetadataValue)] {
        var result: [(key: String, value: MetadataValue)] = []
        for (index, (key, value)) in pairs.enumerated()
        where !pairs[(index + 1)...].contains(where: { $0.key == key }) {
            Self.flatten(key, value, depth: 0, into: &result)
        }
        return result
    }

    private static func flatten(
        _ key: String, _ value: MetadataValue, depth: Int,
        into result: inout [(key: String, value: MetadataValue)]
    ) {
        switch value {
        case .object(let members) where depth < maximumDepth:
            for name in members.keys.sorted() {
                if let member = members[name] {
                    flatten("\(key).\(name)", member, depth: depth + 1, into: &result)
                }
            }
        case .array(let elements) where depth < maximumDepth:
            for (index, element) in elements.enumerated() {
                flatten("\(key).\(index)", element, depth: depth + 1, into: &result)
            }
        case .null, .object, .array: break
        default: result.append((key, value))
        }
    }

    /// True when no value is nested or null, so that the pairs can be emitted as they are.
    package var isFlat: Bool {
        pairs.allSatisfy {
            switch $0.value {
            case .string, .integer, .real, .boolean: true
            case .object, .array, .null: false
            }
        }
    }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, MetadataValue)...) {
        pairs = elements.map { (key: $0.0, value: $0.1) }
    }
}
