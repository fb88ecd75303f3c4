/// The name of an event: a path of words joined by dots, such as `net_auto.runner.stop`.
///
/// A word holds letters, digits, `_`, `-`, `:`, `/` and any UTF-8 beyond ASCII; a name has at most 255 bytes.
public struct EventName: Sendable, Hashable, CustomStringConvertible {
    /// The whole path.
    public let description: String

    /// Checks a name that comes from outside.
    public init(_ path: String) throws(EventNameError) {
        if let error = Self.check(path.utf8) { throw EventNameError(name: path, reason: error) }
        description = path
    }

    /// For a path that is put together from names.
    init(unchecked path: String) { description = path }

    /// What is wrong with a name, or nil.
    package static func check(_ bytes: some Collection<UInt8>) -> EventNameError.Reason? {
        guard !bytes.isEmpty else { return .empty }
        guard bytes.count <= 255 else { return .tooLong }
        var previous = UInt8(ascii: ".")
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard previous != byte else { return .emptyWord }
            } else {
                guard isWordByte(byte) else { return .character }
            }
            previous = byte
        }
        return previous == UInt8(ascii: ".") ? .emptyWord : nil
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "/"), 0x80...:
            true
        default: false
        }
    }
}

extension EventName: ExpressibleByStringLiteral {
    /// A name written in code. An ill-formed one is a programming mistake and stops the program.
    public init(stringLiteral path: String) {
        precondition(Self.check(path.utf8) == nil, "\"\(path)\" is not an event name")
        description = path
    }
}

/// An event name that is not one.
public struct EventNameError: Error, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case empty = "it is empty"
        case tooLong = "it has more than 255 bytes"
        case emptyWord = "it has an empty word (a dot at an end, or two in a row)"
        case character = "words may hold letters, digits, \"_\", \"-\", \":\" and \"/\""
    }

    public let name: String
    public let reason: Reason

    public var description: String { "\"\(name)\" is not an event name: \(reason.rawValue)" }
}

/// Which events a handler wants: one name, everything below a prefix (`net_auto.run.*`), or all (`*`).
public enum EventPattern: Sendable, Hashable, CustomStringConvertible {
    case name(EventName)
    case below(EventName)
    case all

    /// Reads `a.b`, `a.b.*` or `*`.
    public init(_ text: String) throws(EventNameError) {
        if text == "*" {
            self = .all
        } else if text.hasSuffix(".*") {
            self = .below(try EventName(String(text.dropLast(2))))
        } else {
            self = .name(try EventName(text))
        }
    }

    public func matches(_ name: EventName) -> Bool {
        switch self {
        case .name(let own): own == name
        case .below(let prefix):
            name.description.utf8.count > prefix.description.utf8.count + 1
                && name.description.utf8.starts(with: prefix.description.utf8)
                && name.description.utf8.dropFirst(prefix.description.utf8.count).first
                    == UInt8(ascii: ".")
        case .all: true
        }
    }

    public var description: String {
        switch self {
        case .name(let name): name.description
        case .below(let prefix): "\(prefix).*"
        case .all: "*"
        }
    }
}

extension EventPattern: ExpressibleByStringLiteral {
    /// A pattern written in code. An ill-formed one is a programming mistake and stops the program.
    public init(stringLiteral text: String) {
        do { self = try EventPattern(text) } catch { preconditionFailure(error.description) }
    }
}
