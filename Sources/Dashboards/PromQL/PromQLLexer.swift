/// Cuts an expression into tokens; comments and blanks are left out.
///
/// Source: Prometheus 2.42 to 3, promql/parser/lex.go; Grafana's variable syntax.
struct PromQLLexer {
    let bytes: [UInt8]
    var index = 0
    /// Inside `{…}` names have no colon; inside `[…]` a colon stands by itself.
    private var isInBraces = false
    private var isInBrackets = false

    init(_ text: String) { bytes = Array(text.utf8) }

    /// All tokens, `end` being the last.
    static func tokens(of text: String) throws(PromQLError) -> [PromQLToken] {
        var lexer = PromQLLexer(text)
        var tokens: [PromQLToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(PromQLError) -> PromQLToken {
        skipBlanks()
        let start = index
        guard let byte = peek() else { return token(.end, from: start) }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            let text = try readString(quote: byte)
            return PromQLToken(kind: .string, text: text, range: start..<index)
        case UInt8(ascii: "$"): return try readWord(from: start)
        case _ where Self.isDigit(byte): return try readNumber(from: start)
        case UInt8(ascii: ".") where peek(1).map(Self.isDigit) == true:
            return try readNumber(from: start)
        case _ where Self.isLetter(byte): return try readWord(from: start)
        case UInt8(ascii: ":") where !isInBraces && !isInBrackets:
            return try readWord(from: start)
        default: return try readSymbol(from: start)
        }
    }

    // MARK: Symbols

    private static let symbols = [
        "==", "!=", "=~", "!~", ">=", "<=", "=", ">", "<", "+", "-", "*", "/", "%", "^", "(", ")",
        "{", "}", "[", "]", ",", ":", "@",
    ].map { Array($0.utf8) }

    private mutating func readSymbol(from start: Int) throws(PromQLError) -> PromQLToken {
        guard let symbol = Self.symbols.first(where: { bytes[start...].starts(with: $0) }) else {
            throw PromQLError("\(name(at: start)) means nothing here", at: start..<start + 1)
        }
        index += symbol.count
        switch symbol {
        case [UInt8(ascii: "{")]: isInBraces = true
        case [UInt8(ascii: "}")]: isInBraces = false
        case [UInt8(ascii: "[")]: isInBrackets = true
        case [UInt8(ascii: "]")]: isInBrackets = false
        default: break
        }
        return token(.symbol, from: start)
    }

    // MARK: Words

    /// Reads a name, a keyword, `Inf` or `NaN`, or a template.
    private mutating func readWord(from start: Int) throws(PromQLError) -> PromQLToken {
        var isTemplate = bytes[start..<index].contains(UInt8(ascii: "$"))
        while let byte = peek() {
            if byte == UInt8(ascii: "$") {
                isTemplate = true
                try readVariable()
            } else if Self.isLetter(byte) || Self.isDigit(byte)
                || byte == UInt8(ascii: ":") && !isInBraces && !isInBrackets
            {
                index += 1
            } else {
                break
            }
        }
        if isTemplate { return token(.template, from: start) }
        let word = token(.word, from: start)
        let isNumber = !isInBraces && ["inf", "nan"].contains(word.keyword)
        return isNumber ? token(.number, from: start) : word
    }

    /// Reads `$name`, `${name}`, `${name.field:format}`.
    private mutating func readVariable() throws(PromQLError) {
        let start = index
        index += 1
        let isBraced = peek() == UInt8(ascii: "{")
        if isBraced { index += 1 }
        let name = index
        skip { Self.isLetter($0) || Self.isDigit($0) }
        guard name < index, !Self.isDigit(bytes[name]) else {
            throw PromQLError("a variable's name has to follow \"$\"", at: start..<index)
        }
        guard isBraced else { return }
        skip { Self.isLetter($0) || Self.isDigit($0) || [0x2E, 0x3A, 0x2D].contains($0) }
        guard peek() == UInt8(ascii: "}") else {
            throw PromQLError("the variable that starts here has no \"}\"", at: start..<index)
        }
        index += 1
    }

    // MARK: Numbers and durations

    private mutating func readNumber(from start: Int) throws(PromQLError) -> PromQLToken {
        if peek() == UInt8(ascii: "0"), [0x78, 0x58].contains(peek(1)) {
            index += 2
            skip { Self.isDigit($0) || (0x61...0x66).contains($0 | 0x20) }
            return try endNumber(.number, from: start)
        }
        skip(Self.isDigit)
        if let unit = peek(), Self.units.contains(unit) {
            readDurationUnits()
            return try endNumber(.duration, from: start)
        }
        if peek() == UInt8(ascii: ".") {
            index += 1
            skip(Self.isDigit)
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            let isSigned = [0x2B, 0x2D].contains(peek(1))
            if peek(isSigned ? 2 : 1).map(Self.isDigit) == true {
                index += isSigned ? 2 : 1
                skip(Self.isDigit)
            }
        }
        return try endNumber(.number, from: start)
    }

    private static let units = Array("smhdwy".utf8)

    /// Reads `h30m` of `1h30m`.
    private mutating func readDurationUnits() {
        repeat {
            if peek() == UInt8(ascii: "m"), peek(1) == UInt8(ascii: "s") { index += 1 }
            index += 1
            skip(Self.isDigit)
        } while peek().map(Self.units.contains) == true
    }

    private mutating func endNumber(
        _ kind: PromQLToken.Kind, from start: Int
    ) throws(PromQLError) -> PromQLToken {
        if peek() == UInt8(ascii: "$") { return try readWord(from: start) }
        if let byte = peek(), Self.isLetter(byte) || Self.isDigit(byte) {
            skip { Self.isLetter($0) || Self.isDigit($0) }
            throw PromQLError(
                "\"\(text(from: start))\" is neither a number nor a duration", at: start..<index)
        }
        return token(kind, from: start)
    }

    // MARK: The cursor

    func peek(_ ahead: Int = 0) -> UInt8? {
        index + ahead < bytes.count ? bytes[index + ahead] : nil
    }

    private mutating func skip(_ isPart: (UInt8) -> Bool) {
        while let byte = peek(), isPart(byte) { index += 1 }
    }

    private mutating func skipBlanks() {
        while let byte = peek() {
            if byte == UInt8(ascii: "#") {
                skip { $0 != UInt8(ascii: "\n") }
            } else if [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
                index += 1
            } else {
                return
            }
        }
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private func token(_ kind: PromQLToken.Kind, from start: Int) -> PromQLToken {
        PromQLToken(kind: kind, text: text(from: start), range: start..<index)
    }

    private func name(at offset: Int) -> String {
        let rest = String(decoding: bytes[offset...].prefix(4), as: UTF8.self)
        return rest.unicodeScalars.first.map { "\"\($0)\"" } ?? "the end"
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
