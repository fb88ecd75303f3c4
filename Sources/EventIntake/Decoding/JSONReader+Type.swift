import Glibc
import Telemetry

extension JSONReader {
    /// Whether some JSON value may start at the cursor.
    var startsValue: Bool {
        switch peek {
        case .openBrace, .openBracket, .quote, .minus, UInt8(ascii: "t"), UInt8(ascii: "f"),
            UInt8(ascii: "n"):
            true
        default: peek.isDigit
        }
    }

    /// The rejection of a value that may be one, but is none of the kind `expected`.
    func wrongType(_ expected: StaticString) -> Rejection {
        Rejection(startsValue ? .invalidValue : .syntax, at, expected)
    }
}

extension MetadataText {
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard Int(count) == text.utf8CodeUnitCount, let start else { return false }
        return memcmp(start, text.utf8Start, Int(count)) == 0
    }
}

extension TextArena {
    /// Two texts with a dot between them.
    mutating func join(_ first: MetadataText, _ second: MetadataText) -> MetadataText {
        let count = Int(first.count) + 1 + Int(second.count)
        let target = room(count)
        if let start = first.start { memcpy(target, start, Int(first.count)) }
        target[Int(first.count)] = .dot
        if let start = second.start {
            memcpy(target + Int(first.count) + 1, start, Int(second.count))
        }
        keep(count)
        return MetadataText(start: target, count: count)
    }

    /// A number that is not negative, in decimal.
    mutating func decimal(_ number: Int) -> MetadataText {
        let target = room(20)
        var count = 0
        var rest = number
        repeat {
            target[count] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        var digits = UnsafeMutableBufferPointer(start: target, count: count)
        digits.reverse()
        keep(count)
        return MetadataText(start: target, count: count)
    }
}
