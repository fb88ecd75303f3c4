/// What stands under a key inside a text.
extension SecretScanner {
    /// `key=value`, `key: value`.
    func assignment(keyed key: Range<Int>, at index: Int) -> Range<Int>? {
        guard detectors.assignments, isHidden(key) else { return nil }
        let isLine = bytes[index] == UInt8(ascii: ":") && (isHeader(key) || beginsLine(key))
        return value(from: index + 1, wholeLineOf: isLine ? key : nil)
    }

    /// Whether the key is that of a header whose value has several parts.
    private func isHeader(_ key: Range<Int>) -> Bool {
        for word in ["authorization", "cookie"] as [StaticString]
        where key.count >= word.utf8CodeUnitCount {
            if matches(word, at: key.upperBound - word.utf8CodeUnitCount) { return true }
        }
        return false
    }

    /// Whether nothing but marks of a list or a quotation stands in front of the key: `  - password: two words`.
    private func beginsLine(_ key: Range<Int>) -> Bool {
        for byte in bytes[..<key.lowerBound].reversed() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: "#"),
                UInt8(ascii: "*"), UInt8(ascii: ">"):
                continue
            default: return false
            }
        }
        return true
    }

    /// `"key": "value"`, `'key' => 'value'`.
    func quotedAssignment(keyed key: Range<Int>, at quote: Int) -> Range<Int>? {
        guard detectors.assignments, !key.isEmpty else { return nil }
        var start = quote + 1
        var hasSign = false
        while start < bytes.count, start < quote + 8 {
            switch bytes[start] {
            case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ">"): hasSign = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"): break
            default:
                // Before the sign only blanks may stand: `"token" is a word` assigns nothing.
                guard hasSign, isHidden(key) else { return nil }
                return value(from: start)
            }
            start += 1
        }
        return nil
    }

    /// `key = value`, `key => value`.
    func spacedAssignment(keyed key: Range<Int>, at index: Int) -> Range<Int>? {
        guard detectors.assignments, !key.isEmpty,
            let sign = (index..<min(index + 8, bytes.count)).first(where: { bytes[$0] != 0x20 }),
            bytes[sign] == UInt8(ascii: "="), isHidden(key)
        else { return nil }
        let isArrow = sign + 1 < bytes.count && bytes[sign + 1] == UInt8(ascii: ">")
        return value(from: sign + (isArrow ? 2 : 1))
    }

    /// `--key value`, `-key value`.
    func option(keyed key: Range<Int>, at index: Int) -> Range<Int>? {
        guard detectors.assignments, key.lowerBound >= 1,
            bytes[key.lowerBound - 1] == UInt8(ascii: "-")
        else { return nil }
        let dashes = bytes[..<key.lowerBound].reversed().prefix { $0 == UInt8(ascii: "-") }.count
        let first = key.lowerBound - dashes
        guard dashes <= 2, first == 0 || dashes == 2 || bytes[first - 1] <= 0x20, isHidden(key)
        else { return nil }
        return value(from: index + 1)
    }

    /// To the end of the line, or to the quote that `key` stands in.
    private func line(from start: Int, of key: Range<Int>) -> Range<Int>? {
        let double = UInt8(ascii: "\"")
        let before = key.lowerBound > 0 ? bytes[key.lowerBound - 1] : 0
        let quote = ByteClass.table[Int(before)] == .quote ? before : double
        var isQuoted = false
        var end = start
        while end < bytes.count, bytes[end] != 0x0a, bytes[end] != 0x0d {
            if isQuoted {
                isQuoted = bytes[end] != double
            } else if bytes[end] == double, bytes[end - 1] == UInt8(ascii: "=") {
                isQuoted = true
            } else if bytes[end] == quote || bytes[end] == UInt8(ascii: "\\") {
                break
            }
            end += 1
        }
        return end > start ? start..<end : nil
    }

    /// The value that begins at `start` behind blanks: to the closing quote, or to the end of the word, or of the line
    /// that begins with a key.
    func value(from start: Int, wholeLineOf key: Range<Int>? = nil) -> Range<Int>? {
        var start = start
        while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        guard start < bytes.count else { return nil }
        if bytes[start] == UInt8(ascii: "\\"), start + 1 < bytes.count,
            ByteClass.table[Int(bytes[start + 1])] == .quote
        {
            let end = text(from: start + 2).firstIndex { $0 == UInt8(ascii: "\\") }
            return start + 2..<max(start + 2, end ?? bytes.count)
        }
        let first = bytes[start]
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            var end = start + 1
            while end < bytes.count, bytes[end] != first {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            return start + 1..<min(end, bytes.count)
        }
        // `Authorization: Bearer abc`: the scheme is not the secret.
        for word in ["bearer", "basic"] as [StaticString] where matches(word, at: start) {
            if let range = scheme(word, at: start) { return range }
        }
        if let key { return line(from: start, of: key) }
        var rest = text(from: start).prefix { byte in
            byte > 0x20 && byte != UInt8(ascii: "&") && byte != UInt8(ascii: ",")
                && byte != UInt8(ascii: ";") && byte != UInt8(ascii: "\"")
        }
        if rest.last == UInt8(ascii: ")") || rest.last == UInt8(ascii: "}") {
            rest = rest.dropLast()
        }
        return rest.isEmpty ? nil : start..<rest.endIndex
    }

    private func isHidden(_ key: Range<Int>) -> Bool {
        guard key.count >= 3 else { return false }
        return keys.hides(UnsafeBufferPointer(rebasing: bytes[key]))
    }
}
