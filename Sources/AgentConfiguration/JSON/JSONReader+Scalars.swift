extension JSONReader {
    /// `true`, `false` or `null`; any other word is named whole.
    mutating func readWord() throws(JSONError) -> JSONNode.Content {
        let start = position
        while let byte = peek(), isWordByte(byte) { advance() }
        switch text(from: start) {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case "": throw error("expected a value, found \(name(of: peek()))")
        case let word:
            throw JSONError(
                position: start, reason: "expected a value, found \(word.quoted(limit: 40))")
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    mutating func readNumber() throws(JSONError) -> JSONNode.Content {
        let start = position
        var isWhole = true
        skip("-")
        if skip("0") {
            if let byte = peek(), isDigit(byte) {
                throw JSONError(position: start, reason: "a number does not start with a zero")
            }
        } else {
            try skipDigits(after: "\"-\"")
        }
        if skip(".") {
            isWhole = false
            try skipDigits(after: "the decimal point")
        }
        if skip("e") || skip("E") {
            isWhole = false
            if !skip("+") { skip("-") }
            try skipDigits(after: "the exponent's mark")
        }
        let digits = text(from: start)
        if isWhole {
            guard let integer = Int64(digits) else {
                throw JSONError(
                    position: start, reason: "the whole number \(digits) does not fit 64 bits")
            }
            return .integer(integer)
        }
        guard let number = Double(digits), number.isFinite else {
            throw JSONError(position: start, reason: "the number \(digits) is too large")
        }
        return .number(number)
    }

    @discardableResult
    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        advance()
        return true
    }

    private mutating func skipDigits(after what: String) throws(JSONError) {
        guard let byte = peek(), isDigit(byte) else {
            throw error("expected a digit after \(what), found \(name(of: peek()))")
        }
        while let byte = peek(), isDigit(byte) { advance() }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

// MARK: Strings

extension JSONReader {
    mutating func readString() throws(JSONError) -> String {
        let start = position
        advance()
        var text: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                let scalar = try readEscape()
                text.append(contentsOf: String(scalar).utf8)
            case 0..<0x20:
                throw error("a control character inside a string must be written as an escape")
            default:
                text.append(byte)
                advance()
            }
        }
        throw JSONError(position: start, reason: "the string that starts here never ends")
    }

    private mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        advance()
        let byte = peek()
        let scalar: Unicode.Scalar? =
            switch byte {
            case UInt8(ascii: "\""): "\""
            case UInt8(ascii: "\\"): "\\"
            case UInt8(ascii: "/"): "/"
            case UInt8(ascii: "b"): "\u{8}"
            case UInt8(ascii: "f"): "\u{C}"
            case UInt8(ascii: "n"): "\n"
            case UInt8(ascii: "r"): "\r"
            case UInt8(ascii: "t"): "\t"
            default: nil
            }
        if let scalar {
            advance()
            return scalar
        }
        guard byte == UInt8(ascii: "u") else {
            throw JSONError(
                position: start, reason: "\"\\\" must not stand before \(name(of: byte))")
        }
        return try readUnicodeEscape(from: start)
    }

    /// One `\uXXXX`, or the two of a surrogate pair.
    private mutating func readUnicodeEscape(
        from start: JSONPosition
    ) throws(JSONError) -> Unicode.Scalar {
        let unit = try readCodeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let lone = JSONError(
            position: start, reason: "the escape stands for half of a surrogate pair")
        guard UTF16.isLeadSurrogate(unit), peek() == UInt8(ascii: "\\") else { throw lone }
        advance()
        guard peek() == UInt8(ascii: "u") else { throw lone }
        let trail = try readCodeUnit()
        guard UTF16.isTrailSurrogate(trail) else { throw lone }
        let value = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(trail & 0x3FF))
        guard let scalar = Unicode.Scalar(value) else { throw lone }
        return scalar
    }

    private mutating func readCodeUnit() throws(JSONError) -> UInt16 {
        advance()
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else {
                throw error("expected four hexadecimal digits after \"\\u\"")
            }
            unit = unit << 4 | UInt16(digit)
            advance()
        }
        return unit
    }
}
