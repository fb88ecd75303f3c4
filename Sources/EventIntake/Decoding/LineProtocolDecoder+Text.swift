import Telemetry

extension LineProtocolDecoder {
    /// What a bare text is: decides what ends it.
    enum Part {
        case name
        case tagKey
        case tagValue
        case fieldKey

        /// Whether a delimiter ends the text as the grammar wants it.
        @inline(__always)
        func ends(at byte: UInt8) -> Bool {
            switch self {
            case .name, .tagValue: byte == .comma || byte == .space
            case .tagKey, .fieldKey: byte == .equals
            }
        }
    }

    /// Reads a bare text; `end` goes to the delimiter that ends it.
    @inline(__always)
    func text(
        _ part: Part, from start: UnsafePointer<UInt8>, _ end: inout UnsafePointer<UInt8>,
        _ scanner: inout DelimiterScanner, _ arena: inout TextArena
    ) throws(Rejection) -> MetadataText {
        end = scanner.next()
        guard part.ends(at: end.pointee), end != start else {
            // By value, so that in the usual case the scanner stays in registers.
            let text: MetadataText
            (text, end, scanner) = try unusualText(part, from: start, end, scanner, &arena)
            return text
        }
        let count = end - start
        guard count <= (part == .tagValue ? limits.labelBytes : limits.keyBytes) else {
            throw tooLong(part, start)
        }
        return MetadataText(start: start, count: count)
    }

    /// A text with a delimiter inside it, or with none behind it.
    @inline(never)
    private func unusualText(
        _ part: Part, from start: UnsafePointer<UInt8>, _ first: UnsafePointer<UInt8>,
        _ scanner: DelimiterScanner, _ arena: inout TextArena
    ) throws(Rejection) -> (MetadataText, UnsafePointer<UInt8>, DelimiterScanner) {
        var scanner = scanner
        var end = first
        var escapes = 0
        while !part.ends(at: end.pointee) {
            switch end.pointee {
            case .backslash where end[1].isEscapable:
                escapes += 1
                end = scanner.next()
            case .backslash, .quote: break
            case .equals where part == .name: break
            case .equals:
                throw Rejection(.syntax, end, "\"\\=\" where a tag's value holds \"=\"")
            case .comma, .space: throw cutShort(part, end)
            default:
                guard !end.isLineEnd else { throw cutShort(part, end) }
                guard part == .tagValue else {
                    throw Rejection(.syntax, end, "no control characters in names and keys")
                }
            }
            end = scanner.next()
        }
        guard end > start else { throw cutShort(part, end) }
        let limit = part == .tagValue ? limits.labelBytes : limits.keyBytes
        guard end - start - escapes <= limit else { throw tooLong(part, start) }
        let text =
            escapes == 0
            ? MetadataText(start: start, count: end - start)
            : unescape(start, end, &arena) { $0.isEscapable ? $0 : nil }
        return (text, end, scanner)
    }

    private func cutShort(_ part: Part, _ end: UnsafePointer<UInt8>) -> Rejection {
        switch part {
        case .name: Rejection(.syntax, end, "an event's name, then tags or a space and fields")
        case .tagKey: Rejection(.syntax, end, "a tag, such as \"site=ams\"")
        case .tagValue: Rejection(.syntax, end, "a tag's value, then a space and fields")
        case .fieldKey: Rejection(.syntax, end, "a field, such as \"count=1i\"")
        }
    }

    private func tooLong(_ part: Part, _ start: UnsafePointer<UInt8>) -> Rejection {
        switch part {
        case .name: Rejection(.invalidName, start, "a shorter name")
        case .tagKey, .fieldKey: Rejection(.keyTooLong, start, "a shorter key")
        case .tagValue: Rejection(.labelTooLong, start, "a shorter value")
        }
    }

    /// Reads a string in quotes, the first of which stands at `start`.
    @inline(never)
    func quoted(
        _ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ scanner: DelimiterScanner,
        _ arena: inout TextArena, _ breaks: inout Int
    ) throws(Rejection) -> (MetadataText, UnsafePointer<UInt8>, DelimiterScanner) {
        var scanner = scanner
        var escapes = 0
        var end = scanner.next()
        while end.pointee != .quote {
            if end.pointee == .newline {
                guard end < last else { throw Rejection(.syntax, start, "a closing quote") }
                breaks += 1
            }
            if end.pointee == .backslash, end[1].unescapedInText != nil {
                escapes += 1
                if end[1] == .quote || end[1] == .backslash { end = scanner.next() }
            }
            end = scanner.next()
        }
        let behind = scanner.next()
        guard behind == end + 1, behind.endsField else {
            throw Rejection(.syntax, end + 1, "a comma, a space or the end of the line")
        }
        let first = start + 1
        guard end - first - escapes <= limits.labelBytes else {
            throw Rejection(.labelTooLong, start, "a shorter string")
        }
        let text =
            escapes == 0
            ? MetadataText(start: first, count: end - first)
            : unescape(first, end, &arena) { $0.unescapedInText }
        return (text, behind, scanner)
    }

    private func unescape(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ arena: inout TextArena,
        _ unescaped: (UInt8) -> UInt8?
    ) -> MetadataText {
        let target = arena.room(end - start)
        var count = 0
        var at = start
        while at < end {
            if at.pointee == .backslash, at + 1 < end, let byte = unescaped(at[1]) {
                at += 1
                target[count] = byte
            } else {
                target[count] = at.pointee
            }
            count += 1
            at += 1
        }
        arena.keep(count)
        return MetadataText(start: target, count: count)
    }
}

extension UInt8 {
    /// Whether a backslash before it stands for nothing.
    @inline(__always)
    fileprivate var isEscapable: Bool { self == .comma || self == .equals || self == .space }

    /// What a quoted text means by this byte behind a backslash; nil where it means both as they stand.
    fileprivate var unescapedInText: UInt8? {
        switch self {
        case .quote, .backslash: self
        case UInt8(ascii: "n"): .newline
        case UInt8(ascii: "r"): .carriageReturn
        case UInt8(ascii: "t"): .tab
        default: nil
        }
    }
}

extension UnsafePointer<UInt8> {
    @inline(__always)
    var endsField: Bool { pointee == .comma || pointee == .space || isLineEnd }
}
