import Telemetry

extension EventDecoder {
    /// Decodes JSON events: one, an array of them, or several with newlines between. May end anywhere.
    ///
    /// After a syntax error, what follows is decoded only where lines are events of their own.
    mutating func decodeJSON(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        decodeJSON(start, end, lineStart: start)
    }

    mutating func decodeJSON(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, lineStart: UnsafePointer<UInt8>
    ) {
        var reader = JSONReader(at: start, end: end, keyBytes: limits.keyBytes)
        // Bytes that may be read once more where an event has no end: bounds the work of a body by its length.
        var rereads = Self.rereads * (end - start)
        while true {
            reader.skipSpace()
            reader.at = ByteOrderMark.skip(reader.at, end)
            reader.skipSpace()
            guard reader.at < end else { return }
            let first = reader.at
            let isArray = first.pointee == .openBracket
            var isWhole: Bool
            var reached = end
            do {
                isWhole =
                    isArray
                    ? try decodeArray(&reader, lineStart)
                    : try decodeElement(&reader, lineStart, isLast: true)
            } catch {
                reject(error, lineStart)
                let newline = Self.newline(first, end)
                isWhole = error.position <= newline
                reached = error.position
                reader.at = newline
            }
            guard !isWhole else { continue }
            // No line of an array says that the array is over.
            guard !isArray else { return }
            reader.at = Self.nextObject(first, end)
            rereads -= max(0, reached - reader.at)
            guard rereads >= 0 else {
                return reject(
                    Rejection(.syntax, reader.at, "events that end, each in its own lines"),
                    lineStart)
            }
        }
    }

    /// How often a body may be read again.
    static var rereads: Int { 4 }

    /// False where it has no end.
    private mutating func decodeArray(
        _ reader: inout JSONReader, _ lineStart: UnsafePointer<UInt8>
    ) throws(Rejection) -> Bool {
        if try reader.enter(closing: .closeBracket) {
            repeat {
                guard try decodeElement(&reader, lineStart, isLast: false) else { return false }
            } while try reader.another(closing: .closeBracket)
        }
        try reader.endLine()
        return true
    }

    /// One event. What is well-formed but rejected is skipped; syntax errors are thrown. False where it has no
    /// end.
    private mutating func decodeElement(
        _ reader: inout JSONReader, _ lineStart: UnsafePointer<UInt8>, isLast: Bool
    ) throws(Rejection) -> Bool {
        let start = reader.at
        do {
            arena.reset()
            try json.read(&reader, &arena)
            if isLast { try reader.endLine() }
            let outcome = json.emit(&builder)
            count(outcome, lineStart, json.nameStart ?? start)
            return true
        } catch {
            guard error.reason != .syntax else { throw error }
            reject(error, lineStart)
            reader.at = start
            return reader.skipValue()
        }
    }

    /// The next line that starts with an object, unindented.
    private static func nextObject(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        var at = newline(start, end)
        while at < end, at + 1 < end, at[1] != .openBrace { at = newline(at + 1, end) }
        return at
    }
}
