import Glibc
import Telemetry

/// Turns bytes into events on a bus, line by line in either encoding, and counts what became of them.
///
/// Belongs to one thread. All memory is kept from call to call.
struct EventDecoder: ~Copyable {
    var builder: EventBuilder
    var arena = TextArena()
    let limits: DecodeLimits
    private var lineProtocol: LineProtocolDecoder
    var json: JSONLinesDecoder
    /// The number of the line that comes next.
    var line = 1
    var summary = DecodeSummary()

    /// Bytes behind the input that must be readable.
    static let padding = 64

    init(bus: TelemetryBus, limits: DecodeLimits, precision: Int64 = 1) {
        builder = EventBuilder(bus: bus)
        self.limits = limits
        lineProtocol = LineProtocolDecoder(limits: limits, precision: precision)
        json = JSONLinesDecoder(limits: limits)
    }

    /// Decodes whole lines: the byte before `end` is a newline. JSON where a line starts with `{` or `[`.
    ///
    /// - Parameter isAll: whether nothing follows, so that a text whose quote is still open is at fault
    /// - Returns: where a line starts whose last newline stands inside quotes; `end` where there is none
    @discardableResult
    mutating func decodeLines(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, isAll: Bool = true
    ) -> UnsafePointer<UInt8> {
        guard start < end else { return end }
        let lineProtocol = lineProtocol
        var scanner = DelimiterScanner(at: start)
        var at = start
        var applied = 0
        defer {
            summary.applied &+= applied
            summary.received &+= applied
        }
        while at < end {
            // What starts neither a blank line, a comment nor JSON is above '#', and no bracket; 0xef may start a
            // byte order mark.
            let first = at.pointee
            if first <= .hash || first == .openBrace || first == .openBracket || first == 0xef {
                guard let next = decodeUnusualLine(at, end, isAll: isAll) else { return at }
                at = next
                scanner = DelimiterScanner(at: at)
                continue
            }
            do {
                var breaks = 1
                let (outcome, next) = try lineProtocol.decode(
                    at, last: end - 1, &scanner, &builder, &arena, breaks: &breaks)
                if outcome == .applied { applied &+= 1 } else { count(outcome, at, at) }
                line &+= breaks
                at = next
            } catch {
                guard let next = rejectLine(error, at, end, isAll: isAll) else { return at }
                at = next
                scanner = DelimiterScanner(at: at)
            }
        }
        return end
    }

    /// What became of the input since the last call.
    mutating func takeSummary() -> DecodeSummary {
        defer { summary = DecodeSummary() }
        return summary
    }

    /// Counts a line that is too long to be looked at.
    mutating func rejectLongLine(_ start: UnsafePointer<UInt8>) {
        reject(Self.lineTooLong(start), start)
    }

    /// Counts a datagram that did not fit.
    mutating func rejectTruncated(_ start: UnsafePointer<UInt8>) {
        line = 1
        reject(Rejection(.truncated, start, "a datagram of at most 65536 bytes"), start)
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
        tail = decodeLines(start, tail, isAll: false)
        let count = end - tail
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1 + Self.padding)
        defer { copy.deallocate() }
        copy.initialize(repeating: .newline, count: count + 1 + Self.padding)
        copy.update(from: tail, count: count)
        decodeLines(copy, copy + count + 1)
    }

    /// A line that is blank, a comment, JSON, indented or behind a byte order mark; answers where the next one starts,
    /// nil where this one goes on in what is still to come.
    @inline(never)
    private mutating func decodeUnusualLine(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, isAll: Bool
    ) -> UnsafePointer<UInt8>? {
        var first = ByteOrderMark.skip(start, end)
        while first.pointee == .space || first.pointee == .tab { first += 1 }
        switch first.pointee {
        case .openBrace, .openBracket:
            let newline = Self.newline(first, end)
            defer { line &+= 1 }
            if newline - start > limits.lineBytes {
                reject(Self.lineTooLong(start), start)
            } else {
                decodeJSON(first, newline, lineStart: start)
            }
            return newline + 1
        case .hash, .newline, .carriageReturn:
            guard first.pointee == .hash || first.isLineEnd else { break }
            let newline = Self.newline(first, end)
            if newline - start > limits.lineBytes { reject(Self.lineTooLong(start), start) }
            line &+= 1
            return newline + 1
        default: break
        }
        var scanner = DelimiterScanner(at: first)
        do {
            var breaks = 1
            let (outcome, next) = try lineProtocol.decode(
                first, last: end - 1, &scanner, &builder, &arena, breaks: &breaks)
            count(outcome, start, first)
            line &+= breaks
            return next
        } catch {
            return rejectLine(error, start, end, isAll: isAll)
        }
    }

    // MARK: Counting

    /// Counts what became of an emitted event.
    @inline(never)
    mutating func count(
        _ outcome: EmitOutcome, _ lineStart: UnsafePointer<UInt8>, _ at: UnsafePointer<UInt8>
    ) {
        if let rejection = Rejection(outcome, at) {
            reject(rejection, lineStart)
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
    ///
    /// Answers where the next line starts, which is never inside a text of this one; nil where that is still to come.
    private mutating func rejectLine(
        _ rejection: Rejection, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>,
        isAll: Bool
    ) -> UnsafePointer<UInt8>? {
        var lineEnd = LineEnd()
        let newline = lineEnd.find(start, end)
        guard newline != nil || isAll else { return nil }
        let isLong = (newline ?? end) - start > limits.lineBytes
        reject(isLong ? Self.lineTooLong(start) : rejection, start)
        let next = newline.map { $0 + 1 } ?? end
        line &+= Self.newlines(start, next)
        return next
    }

    /// Counts a rejection.
    @inline(never)
    mutating func reject(_ rejection: Rejection, _ lineStart: UnsafePointer<UInt8>) {
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
    }

    /// How many newlines there are.
    static func newlines(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        var count = 0
        var at = newline(start, end)
        while at < end {
            count += 1
            at = newline(at + 1, end)
        }
        return count
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
