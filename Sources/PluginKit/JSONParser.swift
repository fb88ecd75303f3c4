import CAgentPlugin

/// Reads one JSON text by recursive descent, at most 32 levels deep.
struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func document() throws -> JSON {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw failure("more text after the value") }
        return value
    }

    private mutating func value() throws -> JSON {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(_ read: (inout JSONParser) throws -> JSON) throws -> JSON {
        guard depth < 32 else { throw failure("nested more than 32 deep") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return try read(&self)
    }

    private mutating func object() throws -> JSON {
        var members: [JSON.Member] = []
        var keys: Set<String> = []
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
            let key = try string()
            guard keys.insert(key).inserted else { throw failure("key \"\(key)\" comes twice") }
            guard take(":") else { throw failure("expected \":\"") }
            members.append(JSON.Member(key, try value()))
        } while take(",")
        guard take("}") else { throw failure("expected \",\" or \"}\"") }
        return .object(members)
    }

    private mutating func array() throws -> JSON {
        var elements: [JSON] = []
        if take("]") { return .array([]) }
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw failure("expected \",\" or \"]\"") }
        return .array(elements)
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            word.withUTF8Buffer({ bytes[position..<end].elementsEqual($0) })
        else { throw failure("expected a value") }
        position = end
        return value
    }

    private mutating func number() throws -> JSON {
        let start = position
        _ = takeByte("-")
        if !takeByte("0") { try digits() }
        let isInteger = peek.map { ".eE".utf8.contains($0) } != true
        if takeByte(".") { try digits() }
        if takeByte("e") || takeByte("E") {
            if !takeByte("+") { _ = takeByte("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw failure("number too large") }
        return .number(number)
    }

    private mutating func digits() throws {
        let start = position
        while let byte = peek, Self.digits.contains(byte) { position += 1 }
        guard position > start else { throw failure("expected a value") }
    }

    private mutating func string() throws -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("text is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                text += Array(String(try escaped()).utf8)
            case 0..<0x20:
                throw failure("control character in a string")
            default:
                text.append(byte)
            }
        }
        throw failure("string without end")
    }

    private mutating func escaped() throws -> Character {
        guard let byte = peek else { throw failure("string without end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Character(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if 0xd800..<0xdc00 ~= code, takeByte("\\"), takeByte("u") {
                let low = try hexadecimal()
                guard 0xdc00..<0xe000 ~= low else { throw failure("half a surrogate pair") }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
            return Character(scalar)
        default:
            throw failure("unknown escape")
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("expected four hex digits") }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("expected four hex digits")
            }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func takeByte(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return takeByte(character)
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
        }
    }

    private func failure(_ what: String) -> PluginError {
        let read = bytes.prefix(position)
        let line = read.count { $0 == 0x0a } + 1
        let column = position - (read.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0) + 1
        return PluginError(
            "settings, line \(line), column \(column): \(what)", status: AGENT_INVALID)
    }
}
