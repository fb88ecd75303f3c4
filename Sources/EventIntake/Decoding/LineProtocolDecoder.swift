import Telemetry

/// Decodes InfluxDB line protocol: `name,tag=v,… field=1i,field2=2.5 [timestamp]`.
///
/// The name becomes the event's, tags become metadata, numeric fields measurements, other fields metadata.
/// A backslash escapes `,`, `=` and space outside quotes; inside, `\"`, `\\`, `\n`, `\r` and `\t` are what they are
/// in most languages. Before anything else it stands for itself. A line ends at the first newline outside quotes.
/// Numbers without `i` or `u` behind them are reals; `u` beyond 63 bits becomes one.
/// Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/, and the decoder of
/// https://github.com/influxdata/line-protocol (v2)
struct LineProtocolDecoder {
    let limits: DecodeLimits
    /// What a timestamp is multiplied by to be nanoseconds.
    let precision: Int64

    init(limits: DecodeLimits, precision: Int64 = 1) {
        self.limits = limits
        self.precision = precision
    }

    /// Decodes and emits the line at `line`; `scanner` stands at its start, and behind its newline after.
    ///
    /// The line must end in a newline, and be neither blank nor a comment. Allocates nothing once `arena` is
    /// as large as the longest unescaped texts.
    ///
    /// - Parameters:
    ///   - last: a newline that ends the input, and with it a text whose closing quote is missing
    ///   - breaks: grows by the newlines inside texts
    @inline(__always)
    func decode(
        _ line: UnsafePointer<UInt8>, last: UnsafePointer<UInt8>,
        _ scanner: inout DelimiterScanner, _ builder: inout EventBuilder,
        _ arena: inout TextArena, breaks: inout Int
    ) throws(Rejection) -> (outcome: EmitOutcome, next: UnsafePointer<UInt8>) {
        arena.reset()
        scanner.startLine()
        var end = line
        builder.begin(try text(.name, from: line, &end, &scanner, &arena))
        while end.pointee == .comma { try tag(&end, &scanner, &builder, &arena) }
        builder.endTags()
        guard end.pointee == .space else {
            throw Rejection(.syntax, end, "a space and a field, such as \" count=1i\"")
        }
        skipSpaces(&end, &scanner)
        repeat {
            try field(&end, last, &scanner, &builder, &arena, &breaks)
        } while end.pointee == .comma
        if end.pointee == .space { try timestamp(&end, &scanner, &builder) }
        if end.pointee == .carriageReturn { end = scanner.next() }
        guard end.pointee == .newline else {
            throw Rejection(.syntax, end, "the end of the line")
        }
        guard end - line <= limits.lineBytes else {
            throw Rejection(.lineTooLong, line, "a shorter line")
        }
        if scanner.beyondASCII != 0, let fault = UTF8Check.firstFault(line, end) {
            throw Rejection(.invalidUTF8, fault, "well-formed UTF-8")
        }
        return (builder.emit(), end + 1)
    }

    // MARK: Parts. Each starts with `end` at the delimiter before it and leaves it at the one behind.

    @inline(__always)
    private func tag(
        _ end: inout UnsafePointer<UInt8>, _ scanner: inout DelimiterScanner,
        _ builder: inout EventBuilder, _ arena: inout TextArena
    ) throws(Rejection) {
        let key = try text(.tagKey, from: end + 1, &end, &scanner, &arena)
        let value = try text(.tagValue, from: end + 1, &end, &scanner, &arena)
        builder.metadata(key, value)
        if key.isCorrelationKey { builder.correlation = value }
    }

    @inline(__always)
    private func field(
        _ end: inout UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>,
        _ scanner: inout DelimiterScanner, _ builder: inout EventBuilder,
        _ arena: inout TextArena, _ breaks: inout Int
    ) throws(Rejection) {
        let key = try text(.fieldKey, from: end + 1, &end, &scanner, &arena)
        let start = end + 1
        end = scanner.next()
        if end == start, end.pointee == .quote {
            let string: MetadataText
            (string, end, scanner) = try quoted(start, last, scanner, &arena, &breaks)
            builder.metadata(key, string)
            if key.isCorrelationKey { builder.correlation = string }
        } else if let number = try number(start, end, &arena) {
            builder.measurement(key, number)
        } else {
            builder.metadata(key, try boolean(start, end))
        }
    }

    @inline(__always)
    private func timestamp(
        _ end: inout UnsafePointer<UInt8>, _ scanner: inout DelimiterScanner,
        _ builder: inout EventBuilder
    ) throws(Rejection) {
        skipSpaces(&end, &scanner)
        let start = end + 1
        end = scanner.next()
        if end == start, end.isLineEnd { return }
        let negative = start.pointee == .minus
        let digits = negative ? start + 1 : start
        switch NumberText.digits(digits, end - digits) {
        case .value(let value):
            guard let signed = NumberText.signed(value, negative: negative) else { fallthrough }
            let (time, overflow) = signed.multipliedReportingOverflow(by: precision)
            guard !overflow, time != EventFrame.noTimestamp else { fallthrough }
            builder.timestamp = time
        case .tooLarge:
            throw Rejection(.numberOutOfRange, start, "a time that fits 64 bits of nanoseconds")
        case .notDigits:
            throw Rejection(.syntax, start, "a timestamp in digits, or the end of the line")
        }
        if end.pointee == .space {
            skipSpaces(&end, &scanner)
            let last = end
            end = scanner.next()
            guard end == last + 1 else { throw Rejection(.syntax, last + 1, "the end of the line") }
        }
        guard end.isLineEnd else { throw Rejection(.syntax, end, "the end of the line") }
    }

    /// With `end` at a space: goes to the last one in a row.
    @inline(__always)
    private func skipSpaces(_ end: inout UnsafePointer<UInt8>, _ scanner: inout DelimiterScanner) {
        while end[1] == .space { end = scanner.next() }
    }
}

extension MetadataText {
    /// Whether this key's value also ties the event to others.
    @inline(__always)
    var isCorrelationKey: Bool { equals("correlation_id") }
}

extension UnsafePointer<UInt8> {
    /// At a newline, or at a carriage return before one.
    @inline(__always)
    var isLineEnd: Bool {
        pointee == .newline || (pointee == .carriageReturn && self[1] == .newline)
    }
}
