import TestSupport
import Testing

@testable import AgentConfiguration

struct PatternTests {
    @Test(arguments: [
        ("", ["", "a"], []),
        ("b", ["b", "abc"], ["", "a"]),
        ("^a$", ["a"], ["", "ab", "ba", "a\n"]),
        ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
        ("^(a|bc)*$", ["", "a", "abca"], ["b", "abb"]),
        ("^a+?b?$", ["a", "aaab"], ["", "b"]),
        ("^[a-c_-]{2,3}$", ["ab", "a-_"], ["a", "abca", "xd"]),
        ("^[^a-c]$", ["d", "\u{1F600}"], ["a", "de"]),
        ("^.$", ["x", "é"], ["\n", "", "xy"]),
        (#"^\d{2}\.\w\s\S$"#, ["12.a b"], ["12xa b", "1.a b", "12.a bb", "\u{661}\u{661}.a b"]),
        (#"^\x41\u0042[\]\\\d]$"#, ["AB]", "AB\\", "AB7"], ["AB", "ABx"]),
        ("^(?:x{0}y{2,}){1}$", ["yy", "yyyy"], ["y", "xyy"]),
        ("^[]$", [], ["", "a"]),
        ("(^a)|(b$)", ["ab", "cb"], ["ca"]),
    ])
    func `a pattern matches what ECMA-262 says`(
        pattern: String, matching: [String], other: [String]
    ) throws {
        let compiled = try Pattern(pattern)
        for text in matching { #expect(compiled.matches(text), "\(text)") }
        for text in other { #expect(!compiled.matches(text), "\(text)") }
    }

    @Test(arguments: [
        "(", ")", "[", "[b-a]", "*", "a**", "a{2", "a{3,2}", "a{,2}", "a{5000}", "(?=a)", "(?<n>a)",
        #"\1"#, #"\b"#, #"\p{L}"#, #"\"#, #"\u12"#, "^*", #"[\D]"#, "]", "((a{1000}){1000}){1000}",
        "(((){1000}){1000}){1000}",
        String(repeating: "(", count: 100) + String(repeating: ")", count: 100),
    ])
    func `what is not supported is refused`(pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern) }
    }

    @Test func `noise is refused or matched, and never traps`() {
        var random = SeededGenerator(seed: 3)
        let letters = Array(#"ab()[]{}*+?|^$.\\d-,012:"#)
        var compiled = 0
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &random)]
                })
            guard let pattern = try? Pattern(text) else { continue }
            compiled += 1
            _ = pattern.matches("ab01")
        }
        #expect(compiled > 100)
    }

    @Test func `many alternatives are no deep recursion`() throws {
        let source = "^(" + (0..<3000).map { "\($0)" }.joined(separator: "|") + ")$"
        let pattern = try Pattern(source)
        #expect(pattern.matches("2999"))
        #expect(!pattern.matches("3000"))
    }

    @Test func `a pattern that makes backtracking explode takes linear time`() {
        let pattern: Pattern = "^(a*)*(a|aa)+$"
        #expect(!pattern.matches(String(repeating: "a", count: 5000) + "b"))
        #expect(pattern.matches(String(repeating: "a", count: 5000)))
    }
}
