/// Finds the secrets in one text: one walk over its bytes, which stops to look only where something may begin.
struct SecretScanner {
    typealias Text = Slice<UnsafeBufferPointer<UInt8>>

    let bytes: UnsafeBufferPointer<UInt8>
    let detectors: RedactionSettings.Detector.Flags
    /// Whoever scans holds them: of a text of a few bytes, to count a reference would be a good part of the work.
    unowned(unsafe) let keys: HiddenKeys
    /// What is to be replaced: in order, not overlapping.
    private(set) var found: [Range<Int>] = []

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ detectors: RedactionSettings.Detector.Flags,
        _ keys: HiddenKeys
    ) {
        self.bytes = bytes
        self.detectors = detectors
        self.keys = keys
    }

    mutating func scan() {
        // Asked once, not for each byte.
        ByteClass.table.withUnsafeBufferPointer { scan($0) }
    }

    private mutating func scan(_ classes: UnsafeBufferPointer<ByteClass>) {
        var index = 0
        var wordStart = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch classes[Int(byte)] {
            case .word:
                let isStart = index == wordStart
                if isStart, let range = atWord(index) {
                    index = take(range)
                    wordStart = index
                    continue
                }
                repeat {
                    index += 1
                } while index < bytes.count && classes[Int(bytes[index])] == .word
                continue
            case .dash:
                if let range = privateKey(at: index) {
                    index = take(range)
                    wordStart = index
                    continue
                }
                // A dash within a word is part of it.
                let isWithin = wordStart < index
                if !isWithin, let range = programOption(at: index) {
                    index = take(range)
                    wordStart = index
                    continue
                }
                index += 1
                if !isWithin { wordStart = index }
                continue
            case .equals:
                if let range = assignment(keyed: wordStart..<index, at: index) {
                    index = take(range)
                    wordStart = index
                    continue
                }
            case .colon:
                if let range = urlPassword(at: index)
                    ?? assignment(keyed: wordStart..<index, at: index)
                {
                    index = take(range)
                    wordStart = index
                    continue
                }
            case .quote:
                // `"password": "…"`: the key ends in front of its quote.
                if let range = quotedAssignment(keyed: wordStart..<index, at: index) {
                    index = take(range)
                    wordStart = index
                    continue
                }
            case .backslash:
                // The same inside a text that is itself quoted: `\"password\":\"…\"`.
                if let range = quotedAssignment(keyed: wordStart..<index, at: index + 1) {
                    index = take(range)
                    wordStart = index
                    continue
                }
            case .space:
                if let range = option(keyed: wordStart..<index, at: index)
                    ?? spacedAssignment(keyed: wordStart..<index, at: index)
                {
                    index = take(range)
                    wordStart = index
                    continue
                }
            case .other: break
            }
            index += 1
            wordStart = index
        }
    }

    /// What was found, and whether the last of it may go on behind the end.
    struct Outcome {
        let found: [Range<Int>]
        let open: OpenSecret?
    }

    var outcome: Outcome { Outcome(found: found, open: open) }

    private var open: OpenSecret? {
        guard let last = found.last, last.upperBound == bytes.count else { return nil }
        if matches("-----begin ", at: last.lowerBound) {
            let end = Self.endOfPrivateKey(in: bytes, from: last.lowerBound)
            return end == nil ? .privateKey : nil
        }
        let before = last.lowerBound > 0 ? bytes[last.lowerBound - 1] : 0
        guard ByteClass.table[Int(before)] == .quote else { return .line }
        let isEscaped = last.lowerBound > 1 && bytes[last.lowerBound - 2] == UInt8(ascii: "\\")
        return isEscaped ? .escapedQuote : .quote(before)
    }

    private mutating func take(_ range: Range<Int>) -> Int {
        if !range.isEmpty { found.append(range) }
        return max(range.upperBound, range.lowerBound + 1)
    }

    func text(from index: Int) -> Text { bytes[index...] }

    // MARK: What a word may begin

    private func atWord(_ index: Int) -> Range<Int>? {
        let first = bytes[index]
        if detectors.tokens, let length = KnownTokens.length(at: text(from: index)) {
            return index..<index + length
        }
        if detectors.cardNumbers, (0x31...0x39).contains(first),
            let length = CardNumber.length(at: text(from: index))
        {
            return index..<index + length
        }
        if detectors.authorization, first | 0x20 == UInt8(ascii: "b") {
            return scheme("bearer", at: index) ?? scheme("basic", at: index)
        }
        return nil
    }

    /// `Bearer abc…`: what stands behind the scheme, where it is long enough to be one.
    func scheme(_ word: StaticString, at index: Int) -> Range<Int>? {
        guard matches(word, at: index) else { return nil }
        var start = index + word.utf8CodeUnitCount
        let gap = start
        while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
        guard start > gap else { return nil }
        let value = text(from: start).prefix { KnownTokens.isTokenByte($0) }
        return value.count >= 8 ? start..<value.endIndex : nil
    }

    // MARK: Private keys

    private func privateKey(at index: Int) -> Range<Int>? {
        guard detectors.privateKeys, matches("-----begin ", at: index) else { return nil }
        let label = text(from: index + 11).prefix(64)
        guard let end = label.firstIndex(of: UInt8(ascii: "-")),
            contains("private key", in: bytes[(index + 11)..<end])
        else { return nil }
        // Cut off somewhere: all that is there belongs to it.
        return index..<(Self.endOfPrivateKey(in: bytes, from: end) ?? bytes.count)
    }

    /// Behind the first line from `start` on that ends a PEM block.
    static func endOfPrivateKey(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var at = start
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "-"), matches("-----end ", in: bytes, at: at) {
                let dash = bytes[(at + 9)...].firstIndex(of: UInt8(ascii: "-"))
                return dash.map { min(bytes.count, $0 + 5) }
            }
            at += 1
        }
        return nil
    }

    // MARK: URLs

    /// `://user:password@`: the password.
    private func urlPassword(at index: Int) -> Range<Int>? {
        guard detectors.urls, matches("://", at: index) else { return nil }
        var colon: Int?
        var end: Int?
        for position in (index + 3)..<bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ":"): colon = colon ?? position
            case UInt8(ascii: "@"): end = position
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""),
                UInt8(ascii: "'"), 0...0x20:
                guard let colon, let end, colon < end else { return nil }
                return colon + 1..<end
            default: break
            }
        }
        guard let colon, let end, colon < end else { return nil }
        return colon + 1..<end
    }

    // MARK: Comparing

    /// Whether `word`, given in lower case, stands at `index` in any case.
    func matches(_ word: StaticString, at index: Int) -> Bool {
        Self.matches(word, in: bytes, at: index)
    }

    private static func matches(
        _ word: StaticString, in bytes: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        return word.withUTF8Buffer { word in
            for offset in 0..<count where lower(bytes[index + offset]) != word[offset] {
                return false
            }
            return true
        }
    }

    private func contains(_ word: StaticString, in text: Text) -> Bool {
        guard text.count >= word.utf8CodeUnitCount else { return false }
        return text.indices.contains { matches(word, at: $0) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

/// What a byte may mean for the walk.
enum ByteClass: UInt8 {
    case word, dash, equals, colon, quote, backslash, space, other

    static let table: [ByteClass] = (0...255).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...:
            .word
        case UInt8(ascii: "-"): .dash
        case UInt8(ascii: "="): .equals
        case UInt8(ascii: ":"): .colon
        case UInt8(ascii: "\""), UInt8(ascii: "'"): .quote
        case UInt8(ascii: "\\"): .backslash
        case UInt8(ascii: " "): .space
        default: .other
        }
    }
}
