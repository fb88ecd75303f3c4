/// The name of a metric family: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
///
/// Source: Prometheus data model.
package struct MetricName: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let description: String

    package init(_ name: String) throws(NameError) {
        guard Name.isLegal(name.utf8, allowing: UInt8(ascii: ":")), name.utf8.count <= 255 else {
            throw NameError(name: name, what: "metric", accepted: "[a-zA-Z_:][a-zA-Z0-9_:]*")
        }
        description = name
    }

    package static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}

/// The name of a label: `[a-zA-Z_][a-zA-Z0-9_]*`, not beginning with `__`, and none that exposition needs itself.
///
/// Source: Prometheus data model.
package struct LabelName: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ name: String) throws(NameError) {
        guard Name.isLegal(name.utf8, allowing: nil), name.utf8.count <= 255 else {
            throw NameError(name: name, what: "label", accepted: "[a-zA-Z_][a-zA-Z0-9_]*")
        }
        guard !name.hasPrefix("__"), !["le", "quantile"].contains(name) else {
            throw NameError(
                name: name, what: "label",
                accepted:
                    "a name that is not reserved (le, quantile, and names beginning with __ are)")
        }
        description = name
    }
}

/// A name that breaks the rules of its kind. Names are refused, never mangled.
package struct NameError: Error, Hashable, CustomStringConvertible {
    package let name: String
    package let what: String
    package let accepted: String

    package var description: String { "\"\(name)\" is not a \(what) name; accepted is \(accepted)" }
}

private enum Name {
    static func isLegal(_ bytes: String.UTF8View, allowing extra: UInt8?) -> Bool {
        guard let first = bytes.first, !isDigit(first) else { return false }
        return bytes.allSatisfy { isDigit($0) || isLetter($0) || $0 == extra }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
