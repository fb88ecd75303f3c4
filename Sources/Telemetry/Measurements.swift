/// One number an event measured.
public enum Measurement: Sendable, Hashable {
    case integer(Int64)
    case real(Double)

    /// The nearest double.
    public var doubleValue: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }
}

extension Measurement: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    CustomStringConvertible
{
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .real(value) }
    public init(_ value: some BinaryInteger) { self = .integer(Int64(clamping: value)) }

    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        }
    }
}

/// The numbers of an event, by key, in the order given. A key stands once; the last one counts.
public struct Measurements: Sendable, Hashable {
    package var pairs: [(key: String, value: Measurement)]

    public init() { pairs = [] }

    public subscript(key: String) -> Measurement? {
        get { pairs.last { $0.key == key }?.value }
        set {
            pairs.removeAll { $0.key == key }
            if let newValue { pairs.append((key, newValue)) }
        }
    }

    public var keys: [String] { pairs.map(\.key) }
    public var isEmpty: Bool { pairs.isEmpty }

    public static func == (a: Self, b: Self) -> Bool { a.dictionary == b.dictionary }
    public func hash(into hasher: inout Hasher) { hasher.combine(dictionary) }

    /// The same as a dictionary.
    public var dictionary: [String: Measurement] {
        Dictionary(pairs.map { ($0.key, $0.value) }) { $1 }
    }
}

extension Measurements: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Measurement)...) {
        pairs = elements.map { (key: $0.0, value: $0.1) }
    }
}
