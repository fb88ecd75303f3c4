import Glibc
import Telemetry

/// Decodes one JSON event:
/// `{"event": "a.b" or ["a","b"], "measurements": {…}, "metadata": {…}, "time": ns, "correlation_id": "…"}`.
///
/// Keys may come in any order, so an event is collected first and emitted when it is whole. Metadata may nest: a
/// value is found by its path (`device.site`, `tags.0`). Measurements and metadata that are null are absent,
/// as is a measurement that is.
struct JSONLinesDecoder: ~Copyable {
    private let limits: DecodeLimits
    private var name = MetadataText.absent
    /// Where the value of the name stood, for a fault that only the bus can find.
    private(set) var nameStart: UnsafePointer<UInt8>?
    private var correlation = MetadataText.absent
    private var time = EventFrame.noTimestamp
    private var measurements: PairBuffer<MeasurementCell>
    private var metadata: PairBuffer<MetadataText>
    /// Keys of metadata met so far, those of empty objects too: bounds what their paths take.
    private var metadataKeys = 0

    init(limits: DecodeLimits) {
        self.limits = limits
        measurements = PairBuffer(capacity: EventShape.maximumMeasurements)
        metadata = PairBuffer(capacity: EventShape.maximumMetadata)
    }

    /// Emits the event that was read last.
    mutating func emit(_ builder: inout EventBuilder) -> EmitOutcome {
        builder.begin(name)
        for index in 0..<measurements.count {
            builder.measurement(measurements.keys[index], measurements.values[index])
        }
        for index in 0..<metadata.count {
            builder.metadata(metadata.keys[index], metadata.values[index])
        }
        builder.correlation = correlation
        builder.timestamp = time
        return builder.emit()
    }

    /// Reads an event without emitting it; the cursor goes behind it. Its texts live in the input and in `arena`.
    mutating func read(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        name = .absent
        correlation = .absent
        time = EventFrame.noTimestamp
        measurements.count = 0
        metadata.count = 0
        metadataKeys = 0
        let start = reader.at
        guard reader.peek == .openBrace else {
            // Other values are left to the caller to skip, if they are values at all.
            let reason: RejectReason = reader.startsValue ? .invalidValue : .syntax
            throw Rejection(reason, start, "an event, such as {\"event\": \"a.b\"}")
        }
        var seen: Keys = []
        if try reader.enter(closing: .closeBrace) {
            repeat {
                try member(&reader, &arena, &seen)
            } while try reader.another(
                closing: .closeBrace)
        }
        guard seen.contains(.event) else {
            throw Rejection(.invalidName, start, "the key \"event\" with the event's name")
        }
    }

    private struct Keys: OptionSet {
        let rawValue: UInt8
        static let event = Keys(rawValue: 1)
        static let measurements = Keys(rawValue: 2)
        static let metadata = Keys(rawValue: 4)
        static let time = Keys(rawValue: 8)
        static let correlation = Keys(rawValue: 16)
    }

    private mutating func member(
        _ reader: inout JSONReader, _ arena: inout TextArena, _ seen: inout Keys
    ) throws(Rejection) {
        let start = reader.at
        let key = try reader.key(&arena)
        let known: Keys
        if key.equals("event") {
            known = .event
            name = try self.name(&reader, &arena)
        } else if key.equals("measurements") {
            known = .measurements
            try readMeasurements(&reader, &arena)
        } else if key.equals("metadata") {
            known = .metadata
            try readMetadata(&reader, &arena)
        } else if key.equals("time") {
            known = .time
            try readTime(&reader, &arena)
        } else if key.equals("correlation_id") {
            known = .correlation
            try readCorrelation(&reader, &arena)
        } else {
            throw Rejection(
                .unknownKey, start,
                "\"event\", \"measurements\", \"metadata\", \"time\" or \"correlation_id\"")
        }
        guard !seen.contains(known) else {
            throw Rejection(.duplicateKey, start, "every key once")
        }
        seen.insert(known)
    }

    // MARK: Values

    private mutating func name(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) -> MetadataText {
        let start = reader.at
        let expected: StaticString = "a name as text, or as an array of its words"
        let name: MetadataText
        if reader.peek == .quote {
            name = try reader.string(&arena)
        } else if reader.peek == .openBracket {
            name = try joinedName(&reader, &arena)
        } else {
            throw reader.wrongType(expected)
        }
        nameStart = start
        // The bus checks the rest, once per name. What only an escape can put there would not reach it.
        guard !name.bytes.contains(where: { $0 < .space }) else {
            throw Rejection(.invalidName, start, "a name without control characters")
        }
        return name
    }

    private func joinedName(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) -> MetadataText {
        var name = MetadataText.absent
        guard try reader.enter(closing: .closeBracket) else {
            return MetadataText(start: reader.at, count: 0)
        }
        repeat {
            guard reader.peek == .quote else { throw reader.wrongType("a word as text") }
            let start = reader.at
            let word = try reader.string(&arena)
            guard name.count + word.count <= 255 else {
                throw Rejection(.invalidName, start, "a name of at most 255 bytes")
            }
            name = name.isAbsent ? word : arena.join(name, word)
        } while try reader.another(closing: .closeBracket)
        return name
    }

    private mutating func readMeasurements(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        if reader.peek == UInt8(ascii: "n") { return try reader.word("null") }
        guard reader.peek == .openBrace else { throw reader.wrongType("an object of numbers") }
        guard try reader.enter(closing: .closeBrace) else { return }
        repeat {
            let start = reader.at
            let key = try reader.key(&arena)
            if reader.peek == UInt8(ascii: "n") {
                try reader.word("null")
                continue
            }
            guard reader.peek == .minus || reader.peek.isDigit else {
                throw reader.wrongType("a number")
            }
            let cell = try reader.cell(&arena)
            guard measurements.append(key, cell) else {
                throw Rejection(.tooManyKeys, start, "at most 64 measurements")
            }
        } while try reader.another(closing: .closeBrace)
    }

    private mutating func readTime(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        let start = reader.at
        if reader.peek == UInt8(ascii: "n") { return try reader.word("null") }
        guard reader.peek == .minus || reader.peek.isDigit else {
            throw reader.wrongType("nanoseconds since 1970 as an integer")
        }
        let cell = try reader.cell(&arena)
        guard cell.kind == .integer, cell.integer != EventFrame.noTimestamp else {
            throw Rejection(.invalidValue, start, "nanoseconds since 1970 as an integer of 64 bits")
        }
        time = cell.integer
    }

    private mutating func readCorrelation(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        if reader.peek == UInt8(ascii: "n") { return try reader.word("null") }
        guard reader.peek == .quote else { throw reader.wrongType("text") }
        correlation = try label(&reader, &arena)
    }

    /// A string within the limit of labels.
    private func label(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) -> MetadataText {
        let start = reader.at
        let text = try reader.string(&arena)
        guard text.count <= limits.labelBytes else {
            throw Rejection(.labelTooLong, start, "a shorter text")
        }
        return text
    }

    // MARK: Metadata

    private mutating func readMetadata(
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        if reader.peek == UInt8(ascii: "n") { return try reader.word("null") }
        guard reader.peek == .openBrace else { throw reader.wrongType("an object") }
        try readObject(below: .absent, depth: 1, &reader, &arena)
    }

    private mutating func readObject(
        below path: MetadataText, depth: Int, _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        try check(depth, reader)
        guard try reader.enter(closing: .closeBrace) else { return }
        repeat {
            let start = reader.at
            let word = try reader.key(&arena)
            let key = try self.path(path, word, start, &arena)
            try readValue(at: key, start, depth: depth, &reader, &arena)
        } while try reader.another(closing: .closeBrace)
    }

    private mutating func readArray(
        below path: MetadataText, depth: Int, _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        try check(depth, reader)
        guard try reader.enter(closing: .closeBracket) else { return }
        var index = 0
        repeat {
            let start = reader.at
            let word = arena.decimal(index)
            let key = try self.path(path, word, start, &arena)
            try readValue(at: key, start, depth: depth, &reader, &arena)
            index += 1
        } while try reader.another(closing: .closeBracket)
    }

    /// Depth is what stops the recursion of objects and arrays in each other.
    private func check(_ depth: Int, _ reader: JSONReader) throws(Rejection) {
        guard depth <= limits.nestingDepth else {
            throw Rejection(.nestingTooDeep, reader.at, "metadata that nests less deep")
        }
    }

    private mutating func path(
        _ path: MetadataText, _ key: MetadataText, _ start: UnsafePointer<UInt8>,
        _ arena: inout TextArena
    ) throws(Rejection) -> MetadataText {
        metadataKeys += 1
        guard metadataKeys <= 4 * EventShape.maximumMetadata else { throw tooManyKeys(start) }
        if path.isAbsent { return key }
        guard Int(path.count) + 1 + Int(key.count) <= limits.keyBytes else {
            throw Rejection(.keyTooLong, start, "a shorter path of keys")
        }
        return arena.join(path, key)
    }

    private mutating func readValue(
        at key: MetadataText, _ start: UnsafePointer<UInt8>, depth: Int,
        _ reader: inout JSONReader, _ arena: inout TextArena
    ) throws(Rejection) {
        let value: MetadataText
        switch reader.peek {
        case .quote: value = try label(&reader, &arena)
        case .openBrace:
            return try readObject(below: key, depth: depth + 1, &reader, &arena)
        case .openBracket:
            return try readArray(below: key, depth: depth + 1, &reader, &arena)
        case UInt8(ascii: "t"):
            try reader.word("true")
            value = .boolean(true)
        case UInt8(ascii: "f"):
            try reader.word("false")
            value = .boolean(false)
        case UInt8(ascii: "n"):
            try reader.word("null")
            value = .absent
        default:
            let first = reader.at
            value = try reader.number().text
            guard value.count <= limits.labelBytes else {
                throw Rejection(.labelTooLong, first, "a shorter number")
            }
        }
        guard metadata.append(key, value) else { throw tooManyKeys(start) }
    }

    private func tooManyKeys(_ start: UnsafePointer<UInt8>) -> Rejection {
        Rejection(.tooManyKeys, start, "at most 128 metadata keys")
    }
}
