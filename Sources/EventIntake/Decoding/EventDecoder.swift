import Glibc
import Telemetry

/// Turns bytes into events on a bus, line by line in either encoding, and counts what became of them.
///
/// Belongs to one thread. All memory is kept from call to call.
struct EventDecoder: ~Copyable {
    private var builder: EventBuilder
    private var arena = TextArena()
    private let limits: DecodeLimits
    private var lineProtocol: LineProtocolDecoder
    private var json: JSONLinesDecoder
    /// The number of the line that comes next.
    var line = 1
    private(set) var summary = DecodeSummary()

    /// Bytes behind the input that must be readable.
    static let padding = 64

    init(bus: TelemetryBus, limits: DecodeLimits, precision: Int64 = 1) {
        builder = EventBuilder(bus: bus)
        self.limits = limits
        lineProtocol = LineProtocolDecoder(limits: limits, precision: precision)
        json = JSONLinesDecoder(limits: limits)
    }

    /// Decodes whole lines: the byte before `end` is a newline. JSON where a line starts with `{` or `[`.
    mutating func decodeLines(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        guard start < end else { return }
        let lineProtocol = lineProtocol
        var scanner = DelimiterScanner(at: start)
        var at = start
        var applied = 0
        while at < end {
            // What starts neither a blank line, a comment nor JSON is above '#', and no bracket.
            let first = at.pointee
            if first <= .hash || first == .openBrace || first == .openBracket {
                at = decodeUnusualLine(at, end)
                scanner = DelimiterScanner(at: at)
                continue
            }
            do {
                let (outcome, next) = try lineProtocol.decode(at, &scanner, &builder, &arena)
                if outcome == .applied { applied &+= 1 } else { count(outcome, at, at) }
                at = next
            } catch {
                at = rejectLine(error, at, end)
                scanner = DelimiterScanner(at: at)
            }
            line &+= 1
        }
        summary.applied &+= applied
        summary.received &+= applied
    }

    /// What became of the input since the last call.
    mutating func takeSummary() -> DecodeSummary {
        defer { summary = DecodeSummary() }
        return summary
    }

    /// Counts a line that is too long to be looked at.
    mutating func rejectLongLine(_ start: UnsafePointer<UInt8>) {
        _ = reject(Self.lineTooLong(start), start, start)
    }

    /// Counts a datagram that did not fit.
    mutating func rejectTruncated(_ start: UnsafePointer<UInt8>) {
        line = 1
        _ = reject(
            Rejection(.truncated, start, "a datagram of at most 65536 bytes"), start, start)
    }

    private static func lineTooLong(_ start: UnsafePointer<UInt8>) -> Rejection {
        Rejection(.lineTooLong, start, "a shorter line")
    }

    /// Decodes lines of which the last may lack its newline, and behind which nothing is readable.
    mutating func decodeText(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress, !text.isEmpty else { return }
        let end = start + text.count
        // In place as far as the padding is part of the text; the rest from a copy.
        var tail = max(start, end - Self.padding)
        while tail > start, tail[-1] != .newline { tail -= 1 }
        decodeLines(start, tail)
        let count = end - tail
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1 + Self.padding)
        defer { copy.deallocate() }
        copy.initialize(repeating: .newline, count: count + 1 + Self.padding)
        copy.update(from: tail, count: count)
        decodeLines(copy, copy + count + 1)
    }

    /// A line that is blank, a comment, JSON, or indented; answers where the next one starts.
    @inline(never)
    private mutating func decodeUnusualLine(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        var first = start
        while first.pointee == .space || first.pointee == .tab { first += 1 }
        let newline = Self.newline(start, end)
        let next = newline + 1
        defer { line &+= 1 }
        guard newline - start <= limits.lineBytes else {
            return reject(Self.lineTooLong(start), start, end)
        }
        if first.isLineEnd || first.pointee == .hash { return next }
        if first.pointee == .openBrace || first.pointee == .openBracket {
            decodeJSON(first, newline, lineStart: start)
            return next
        }
        var scanner = DelimiterScanner(at: first)
        do {
            let (outcome, _) = try lineProtocol.decode(first, &scanner, &builder, &arena)
            count(outcome, start, first)
        } catch {
            _ = reject(error, start, end)
        }
        return next
    }

    // MARK: JSON

    /// Decodes JSON events: one, an array of them, or several with newlines between. May end anywhere.
    ///
    /// After a syntax error, what follows is decoded only where lines are events of their own.
    mutating func decodeJSON(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        decodeJSON(start, end, lineStart: start)
    }

    private mutating func decodeJSON(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, lineStart: UnsafePointer<UInt8>
    ) {
        var reader = JSONReader(at: start, end: end, keyBytes: limits.keyBytes)
        reader.skipSpace()
        while reader.at < end {
            let first = reader.at
            let isArray = first.pointee == .openBracket
            var isWhole: Bool
            do {
                isWhole =
                    isArray
                    ? try decodeArray(&reader, lineStart)
                    : try decodeElement(&reader, lineStart, isLast: true)
            } catch {
                _ = reject(error, lineStart, end)
                let newline = Self.newline(first, end)
                isWhole = error.position <= newline
                reader.at = newline
            }
            if !isWhole {
                // No line of an array says that the array is over.
                guard !isArray else { return }
                reader.at = Self.nextObject(first, end)
            }
            reader.skipSpace()
        }
    }

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
            _ = reject(error, lineStart, reader.end)
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

    // MARK: Counting

    /// Counts what became of an emitted event.
    @inline(never)
    private mutating func count(
        _ outcome: EmitOutcome, _ lineStart: UnsafePointer<UInt8>, _ at: UnsafePointer<UInt8>
    ) {
        if let rejection = Rejection(outcome, at) {
            _ = reject(rejection, lineStart, at)
            return
        }
        summary.received += 1
        if case .dropped(let fate) = outcome {
            summary.drop(fate)
        } else {
            summary.applied += 1
        }
    }

    /// Counts a rejected line, whose length counts more than what else is wrong with it.
    private mutating func rejectLine(
        _ rejection: Rejection, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        let isLong = Self.newline(start, end) - start > limits.lineBytes
        return reject(isLong ? Self.lineTooLong(start) : rejection, start, end)
    }

    /// Counts a rejection; answers where the line after it starts.
    @inline(never)
    private mutating func reject(
        _ rejection: Rejection, _ lineStart: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        summary.received += 1
        var line = line
        var start = lineStart
        if summary.hasRoomForFaults {
            while case let newline = Self.newline(start, rejection.position),
                newline < rejection.position
            {
                line += 1
                start = newline + 1
            }
        }
        summary.reject(rejection, line: line, column: rejection.position - start + 1)
        return min(Self.newline(rejection.position, end) + 1, end)
    }

    /// The first newline, or `end`.
    static func newline(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        guard start < end, let found = memchr(start, Int32(UInt8.newline), end - start) else {
            return end
        }
        return UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
    }
}
