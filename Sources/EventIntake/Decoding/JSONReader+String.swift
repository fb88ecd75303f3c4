import Telemetry

extension JSONReader {
    /// Reads the string whose opening quote the cursor is at: a view of the input, or of `arena` where it has
    /// escapes.
    mutating func string(_ arena: inout TextArena) throws(Rejection) -> MetadataText {
        at += 1
        let start = at
        skipPlain()
        if peek == .quote {
            at += 1
            return MetadataText(start: start, count: at - start - 1)
        }
        return try unusualString(start, &arena)
    }

    /// Goes to the first byte that is a quote, backslash, control character or beyond ASCII.
    @inline(__always)
    private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while end - at >= 8 {
            let word = UInt64(
                littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* UInt64(UInt8.quote))
            let backslash = word ^ (ones &* UInt64(UInt8.backslash))
            // Exact for the lowest marked byte, which is all that counts.
            let marks =
                (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                    | ((word &- ones &* 0x20) & ~word) | word) & highs
            if marks != 0 {
                at += marks.trailingZeroBitCount &>> 3
                return
            }
            at += 8
        }
        while at < end, at.pointee >= 0x20, at.pointee < 0x80, at.pointee != .quote,
            at.pointee != .backslash
        {
            at += 1
        }
    }

    @inline(never)
    private mutating func unusualString(
        _ start: UnsafePointer<UInt8>, _ arena: inout TextArena
    ) throws(Rejection) -> MetadataText {
        let (close, hasEscapes) = try closingQuote()
        if let fault = UTF8Check.firstFault(start, close) {
            throw Rejection(.invalidUTF8, fault, "well-formed UTF-8")
        }
        at = close + 1
        guard hasEscapes else { return MetadataText(start: start, count: close - start) }
        let target = arena.room(close - start)
        var count = 0
        var source = start
        while source < close {
            if source.pointee == .backslash {
                count += try unescape(&source, close, target + count)
            } else {
                target[count] = source.pointee
                count += 1
                source += 1
            }
        }
        arena.keep(count)
        return MetadataText(start: target, count: count)
    }

    private mutating func closingQuote() throws(Rejection) -> (UnsafePointer<UInt8>, Bool) {
        var hasEscapes = false
        while true {
            skipPlain()
            switch peek {
            case .quote: return (at, hasEscapes)
            case .backslash:
                hasEscapes = true
                at += 2
                guard at <= end else { throw Rejection(.syntax, end, "a closing quote") }
            case 0x80...: at += 1
            default:
                throw Rejection(
                    .syntax, at, at < end ? "control characters as \\u escapes" : "a closing quote")
            }
        }
    }

    /// Writes what the escape at `source` stands for; never more bytes than it has itself.
    private func unescape(
        _ source: inout UnsafePointer<UInt8>, _ close: UnsafePointer<UInt8>,
        _ target: UnsafeMutablePointer<UInt8>
    ) throws(Rejection) -> Int {
        let start = source
        source += 2
        switch start[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): target[0] = start[1]
        case UInt8(ascii: "b"): target[0] = 0x08
        case UInt8(ascii: "f"): target[0] = 0x0c
        case UInt8(ascii: "n"): target[0] = .newline
        case UInt8(ascii: "r"): target[0] = .carriageReturn
        case UInt8(ascii: "t"): target[0] = .tab
        case UInt8(ascii: "u"):
            guard let unit = hex(source, close) else { throw notAnEscape(start) }
            source += 4
            guard unit & 0xf800 == 0xd800 else { return write(unit, target) }
            // A pair of surrogates: the high one first.
            guard unit < 0xdc00, close - source >= 6, source[0] == .backslash,
                source[1] == UInt8(ascii: "u"), let low = hex(source + 2, close),
                low & 0xfc00 == 0xdc00
            else { throw Rejection(.invalidUTF8, start, "surrogates in pairs, the high one first") }
            source += 6
            return write(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00), target)
        default: throw notAnEscape(start)
        }
        return 1
    }

    private func notAnEscape(_ start: UnsafePointer<UInt8>) -> Rejection {
        Rejection(
            .syntax, start, "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hex digits")
    }

    private func hex(_ start: UnsafePointer<UInt8>, _ close: UnsafePointer<UInt8>) -> UInt32? {
        guard close - start >= 4 else { return nil }
        var value: UInt32 = 0
        for index in 0..<4 {
            let byte = start[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32((byte | 0x20) - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    private func write(_ scalar: UInt32, _ target: UnsafeMutablePointer<UInt8>) -> Int {
        func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3f) }
        switch scalar {
        case ..<0x80:
            target[0] = UInt8(scalar)
            return 1
        case ..<0x800:
            target[0] = 0xc0 | UInt8(scalar >> 6)
            target[1] = continuation(0)
            return 2
        case ..<0x10000:
            target[0] = 0xe0 | UInt8(scalar >> 12)
            target[1] = continuation(6)
            target[2] = continuation(0)
            return 3
        default:
            target[0] = 0xf0 | UInt8(scalar >> 18)
            target[1] = continuation(12)
            target[2] = continuation(6)
            target[3] = continuation(0)
            return 4
        }
    }
}
