/// Reads a JSON text strictly and remembers where everything stands.
///
/// Refused, each with its place: invalid UTF-8, a byte order mark, a key given twice, nesting past
/// the limit, a whole number beyond 64 bits, a number beyond a double, anything after the value.
/// Meant for files, not for events.
///
/// Source: RFC 8259.
package struct JSONReader {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private(set) var position = JSONPosition()

    /// - Parameter maximumDepth: how many arrays and objects may enclose one another.
    package static func read(
        _ bytes: [UInt8], maximumDepth: Int = 64
    ) throws(JSONError) -> JSONNode {
        var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
        return try reader.readDocument()
    }

    package static func read(_ text: String) throws(JSONError) -> JSONNode {
        try read(Array(text.utf8))
    }

    private init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    private mutating func readDocument() throws(JSONError) -> JSONNode {
        try checkEncoding()
        skipBlanks()
        let node = try readValue(depth: 0)
        skipBlanks()
        if let byte = peek() {
            throw error("found \(name(of: byte)) after the end of the value")
        }
        return node
    }

    private func checkEncoding() throws(JSONError) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            var position = JSONPosition()
            for byte in bytes.prefix(error.byteOffsets.lowerBound) { position.advance(past: byte) }
            throw JSONError(position: position, reason: "the text is not valid UTF-8")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw error("the text starts with a byte order mark, which JSON does not have")
        }
    }

    private mutating func readValue(depth: Int) throws(JSONError) -> JSONNode {
        let start = position
        guard let byte = peek() else { throw error("expected a value, found the end") }
        let content: JSONNode.Content =
            switch byte {
            case UInt8(ascii: "{"): .object(try readMembers(depth: depth + 1))
            case UInt8(ascii: "["): .array(try readItems(depth: depth + 1))
            case UInt8(ascii: "\""): .string(try readString())
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber()
            default: try readWord()
            }
        return JSONNode(content, at: start)
    }

    private mutating func readItems(depth: Int) throws(JSONError) -> [JSONNode] {
        try open(depth: depth)
        var items: [JSONNode] = []
        if close(with: "]") { return items }
        while true {
            items.append(try readValue(depth: depth))
            skipBlanks()
            if close(with: "]") { return items }
            try expect(",", else: "expected \",\" or \"]\" after an item of the array")
            skipBlanks()
            if peek() == UInt8(ascii: "]") { throw error("found a comma before \"]\"") }
        }
    }

    private mutating func readMembers(depth: Int) throws(JSONError) -> [JSONNode.Member] {
        try open(depth: depth)
        var members: [JSONNode.Member] = []
        var positions: [String: JSONPosition] = [:]
        if close(with: "}") { return members }
        while true {
            let keyPosition = position
            guard peek() == UInt8(ascii: "\"") else {
                throw error("expected a key in double quotes, found \(name(of: peek()))")
            }
            let key = try readString()
            if let first = positions.updateValue(keyPosition, forKey: key) {
                throw JSONError(
                    position: keyPosition,
                    reason: "the key \(key.quoted()) is already given at \(first)")
            }
            skipBlanks()
            try expect(":", else: "expected \":\" after the key \(key.quoted())")
            skipBlanks()
            let value = try readValue(depth: depth)
            members.append(.init(key: key, keyPosition: keyPosition, value: value))
            skipBlanks()
            if close(with: "}") { return members }
            try expect(",", else: "expected \",\" or \"}\" after the value of \(key.quoted())")
            skipBlanks()
            if peek() == UInt8(ascii: "}") { throw error("found a comma before \"}\"") }
        }
    }

    private mutating func open(depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else {
            throw error("more than \(maximumDepth) arrays and objects enclose one another")
        }
        advance()
        skipBlanks()
    }

    private mutating func close(with bracket: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: bracket) else { return false }
        advance()
        return true
    }

    private mutating func expect(
        _ wanted: Unicode.Scalar, else reason: String
    ) throws(JSONError) {
        guard peek() == UInt8(ascii: wanted) else {
            throw error("\(reason), found \(name(of: peek()))")
        }
        advance()
    }
}

// MARK: The cursor

extension JSONReader {
    func peek() -> UInt8? {
        position.offset < bytes.count ? bytes[position.offset] : nil
    }

    mutating func advance() {
        if let byte = peek() { position.advance(past: byte) }
    }

    /// The text from `start` up to the cursor.
    func text(from start: JSONPosition) -> String {
        String(decoding: bytes[start.offset..<position.offset], as: UTF8.self)
    }

    func error(_ reason: String) -> JSONError {
        JSONError(position: position, reason: reason)
    }

    /// The character at the cursor as an error shows it.
    func name(of byte: UInt8?) -> String {
        guard byte != nil else { return "the end" }
        let rest = String(decoding: bytes[position.offset...].prefix(4), as: UTF8.self)
        return rest.unicodeScalars.first.map { String($0).quoted() } ?? "the end"
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            advance()
        }
    }
}
