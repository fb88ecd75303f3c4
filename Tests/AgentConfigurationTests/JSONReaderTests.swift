import TestSupport
import Testing

@testable import AgentConfiguration

struct JSONReaderTests {
    @Test(
        arguments: [
            ("null", JSONValue.null),
            (" true\r\n", true),
            ("[]", []),
            ("{ }", [:]),
            ("-0", 0),
            ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)),
            ("1.50", 1.5),
            ("1e3", 1000),
            ("-2.5E-1", -0.25),
            (#""\"\\\/\b\f\n\r\t\u00e9""#, "\"\\/\u{8}\u{C}\n\r\t\u{e9}"),
            (#""\uD83D\uDE00""#, "\u{1F600}"),
            (#""\u0000""#, "\0"),
            (#"{"a": [1, {"b": null}], "c": "d"}"#, ["a": [1, ["b": nil]], "c": "d"]),
        ] as [(String, JSONValue)])
    func `what is JSON is read`(text: String, value: JSONValue) throws {
        #expect(try JSONReader.read(text).value == value)
    }

    @Test(arguments: [
        ("", "1:1: expected a value, found the end"),
        ("nul", #"1:1: expected a value, found "nul""#),
        ("'a'", #"1:1: expected a value, found "'""#),
        ("// no", #"1:1: expected a value, found "/""#),
        ("1 2", #"1:3: found "2" after the end of the value"#),
        ("[1,\n 2,]", #"2:4: found a comma before "]""#),
        ("[1 2]", #"1:4: expected "," or "]" after an item of the array, found "2""#),
        ("[1", #"1:3: expected "," or "]" after an item of the array, found the end"#),
        (#"{"a" 1}"#, #"1:6: expected ":" after the key "a", found "1""#),
        (#"{"a": 1; "b": 2}"#, #"1:8: expected "," or "}" after the value of "a", found ";""#),
        ("{a: 1}", #"1:2: expected a key in double quotes, found "a""#),
        (#"{"a": 1, "\u0061": 2}"#, #"1:10: the key "a" is already given at 1:2"#),
        ("01", "1:1: a number does not start with a zero"),
        ("-", #"1:2: expected a digit after "-", found the end"#),
        ("1.", "1:3: expected a digit after the decimal point, found the end"),
        ("1e", "1:3: expected a digit after the exponent's mark, found the end"),
        ("+1", #"1:1: expected a value, found "+""#),
        ("9223372036854775808", "1:1: the whole number 9223372036854775808 does not fit 64 bits"),
        ("1e999", "1:1: the number 1e999 is too large"),
        (#""abc"#, "1:1: the string that starts here never ends"),
        ("\"a\nb\"", "1:3: a control character inside a string must be written as an escape"),
        (#""\x""#, #"1:2: "\" must not stand before "x""#),
        (#""\u12g4""#, #"1:6: expected four hexadecimal digits after "\u""#),
        (#""\uD800""#, "1:2: the escape stands for half of a surrogate pair"),
        (#""\uDC00x""#, "1:2: the escape stands for half of a surrogate pair"),
        (#""\uD800\u0041""#, "1:2: the escape stands for half of a surrogate pair"),
        ("\u{FEFF}{}", "1:1: the text starts with a byte order mark, which JSON does not have"),
    ])
    func `what is no JSON is refused with its place`(text: String, sentence: String) {
        let error = #expect(throws: JSONError.self) { try JSONReader.read(text) }
        #expect(error?.description == sentence)
    }

    @Test func `invalid UTF-8 is refused where it stands`() {
        let bytes = Array("{\n\"\u{e9}".utf8) + [0xC3, 0x28]
        let error = #expect(throws: JSONError.self) { try JSONReader.read(bytes) }
        #expect(error?.description == "2:3: the text is not valid UTF-8")
    }

    @Test func `every value and key knows its place`() throws {
        let root = try JSONReader.read("{\n  \"\u{1F600}\u{e9}\": [1,\n \"x\"]}")
        let member = try #require(root.member("\u{1F600}\u{e9}"))
        #expect(member.keyPosition.description == "2:3")
        #expect(member.keyPosition.offset == 4)
        #expect(member.value.position.description == "2:9")
        guard case .array(let items) = member.value.content else {
            Issue.record("no array")
            return
        }
        #expect(items[1].position.description == "3:2")
    }

    @Test func `nesting is refused past the limit and not before`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONReader.read(nested(64))
        let error = #expect(throws: JSONError.self) { try JSONReader.read(nested(65)) }
        #expect(
            error?.description == "1:65: more than 64 arrays and objects enclose one another")
        #expect(throws: JSONError.self) { try JSONReader.read(nested(1_000_000)) }
    }

    @Test func `what is written is read back the same`() throws {
        let value: JSONValue = [
            "b": [1, -2.5, 1e300, .integer(.min), true, nil], "a": ["\u{0}\"\\\n\u{2028}": "x"],
            "": [],
        ]
        for writer in [JSONWriter(), JSONWriter(.pretty), JSONWriter(.pretty, keys: .sorted)] {
            #expect(try JSONReader.read(writer.write(value)).value == value)
        }
    }

    @Test func `noise and mutilated documents are refused or read, and never trap`() throws {
        var random = SeededGenerator(seed: 2026)
        let valid = Array(
            #"{"a":[1,-2.5e3,"x\u00e9\n\ud83d\ude00",true,null],"b":{"c":{"d":"é😀"}}}"#.utf8)
        var read = 0
        for round in 0..<20_000 {
            var bytes = valid
            if round.isMultiple(of: 4) {
                bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            } else {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                    case 1:
                        bytes.insert(
                            bytes[Int.random(in: 0..<bytes.count, using: &random)], at: index)
                    case 2 where bytes.count > 1: bytes.remove(at: index)
                    default: bytes = Array(bytes.prefix(index + 1))
                    }
                }
            }
            guard let node = try? JSONReader.read(bytes) else { continue }
            read += 1
            let text = JSONWriter().write(node.value)
            #expect(try JSONReader.read(text).value == node.value)
        }
        #expect(read > 100)
    }
}
