/// Why a piece of input was not applied. The raw value is a stable name, fit for a label.
package enum RejectReason: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    /// Not the grammar of its encoding.
    case syntax
    case invalidUTF8
    case lineTooLong
    case nestingTooDeep
    /// A metadata text longer than the limit.
    case labelTooLong
    /// A measurement's or metadata's key longer than the limit, its path included.
    case keyTooLong
    case tooManyKeys
    /// The event's name is missing or ill-formed.
    case invalidName
    /// Well-formed, but of a type that does not belong where it stands.
    case invalidValue
    case numberOutOfRange
    /// A key at the top of a JSON event that is not part of the format.
    case unknownKey
    /// A key at the top of a JSON event, or a tag, that stands twice.
    case duplicateKey
    /// A datagram longer than the receiver takes.
    case truncated
    /// A good event that no handler wants.
    case unhandled

    package static let count = allCases.count

    /// The name in series, logs and answers.
    package var description: String {
        switch self {
        case .syntax: "syntax"
        case .invalidUTF8: "invalid_utf8"
        case .lineTooLong: "line_too_long"
        case .nestingTooDeep: "nesting_too_deep"
        case .labelTooLong: "label_too_long"
        case .keyTooLong: "key_too_long"
        case .tooManyKeys: "too_many_keys"
        case .invalidName: "invalid_name"
        case .invalidValue: "invalid_value"
        case .numberOutOfRange: "number_out_of_range"
        case .unknownKey: "unknown_key"
        case .duplicateKey: "duplicate_key"
        case .truncated: "truncated"
        case .unhandled: "unhandled"
        }
    }
}
