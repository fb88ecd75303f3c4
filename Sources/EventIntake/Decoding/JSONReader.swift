import Telemetry

/// Reads JSON strictly by RFC 8259, in place: a cursor over bytes, of which none beyond `end` is read.
struct JSONReader {
    var at: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    let keyBytes: Int

    /// The byte at the cursor; 0, which JSON has no use for, at the end.
    @inline(__always)
    var peek: UInt8 { at < end ? at.pointee : 0 }

    @inline(__always)
    mutating func skipSpace() {
        while at < end, at.pointee <= .space {
            switch at.pointee {
            case .space, .newline, .carriageReturn, .tab: at += 1
            default: return
            }
        }
    }

    @inline(__always)
    mutating func take(_ byte: UInt8, _ expected: StaticString) throws(Rejection) {
        guard peek == byte else { throw Rejection(.syntax, at, expected) }
        at += 1
    }

    // MARK: Containers

    /// Enters an array or object, whose opening byte the cursor is at; false where it is empty.
    @inline(__always)
    mutating func enter(closing: UInt8) throws(Rejection) -> Bool {
        at += 1
        skipSpace()
        guard peek == closing else { return true }
        at += 1
        return false
    }

    /// Whether another element follows. Leaves the cursor at it, or behind the container.
    @inline(__always)
    mutating func another(closing: UInt8) throws(Rejection) -> Bool {
        skipSpace()
        let byte = peek
        guard byte == .comma || byte == closing else {
            throw Rejection(
                .syntax, at, closing == .closeBrace ? "\",\" or \"}\"" : "\",\" or \"]\"")
        }
        at += 1
        guard byte == .comma else { return false }
        skipSpace()
        return true
    }

    /// A key with its colon; the cursor goes to the value.
    @inline(__always)
    mutating func key(_ arena: inout TextArena) throws(Rejection) -> MetadataText {
        guard peek == .quote else { throw Rejection(.syntax, at, "a key in double quotes") }
        let start = at
        let key = try string(&arena)
        guard key.count <= keyBytes else {
            throw Rejection(.keyTooLong, start, "a shorter key")
        }
        skipSpace()
        try take(.colon, "\":\"")
        skipSpace()
        return key
    }

    /// After a value at the top: only the end, or another line, may follow.
    func endLine() throws(Rejection) {
        var at = at
        while at < end, at.pointee == .space || at.pointee == .tab || at.pointee == .carriageReturn
        {
            at += 1
        }
        guard at == end || at.pointee == .newline else {
            throw Rejection(.syntax, at, "nothing more in this line")
        }
    }

    // MARK: Words

    mutating func word(_ word: StaticString) throws(Rejection) {
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        let start = at
        for byte in bytes {
            guard peek == byte else { throw Rejection(.syntax, start, "a JSON value") }
            at += 1
        }
    }

    // MARK: Skipping

    /// Goes behind a value by its brackets and quotes alone, for what is rejected already; false where it has no
    /// end.
    mutating func skipValue() -> Bool {
        var depth = 0
        while at < end {
            switch at.pointee {
            case .openBrace, .openBracket: depth += 1
            case .closeBrace, .closeBracket:
                guard depth > 0 else { return true }
                depth -= 1
            case .comma, .newline:
                if depth == 0 { return true }
            case .quote: skipString()
            default: break
            }
            at += 1
        }
        at = min(at, end)
        return depth == 0
    }

    /// Goes to the closing quote.
    private mutating func skipString() {
        at += 1
        while at < end, at.pointee != .quote { at += at.pointee == .backslash ? 2 : 1 }
    }
}
