import Logging
import Testing

@testable import AgentRuntime

struct HumanLogHandlerTests {
    private let time: Int64 = 784_111_777_005_250_000

    @Test(
        arguments: [
            ("plain", [], "plain"),
            ("fields", [("b", "2"), ("a", "x y")], #"fields a="x y" b=2"#),
            ("quotes", [("a", #"say "hi""#), ("b", "")], #"quotes a="say \"hi\"" b="""#),
            ("two\nlines", [("a", "1\n2026 forged")], #"two\nlines a="1\n2026 forged""#),
            ("\u{1B}[2Jgone\u{7F}", [], #"\u{1b}[2Jgone\u{7f}"#),
            ("keys", [("a\nb", "1")], #"keys a\nb=1"#),
        ] as [(String, [(String, String)], String)])
    func `a message is one line, whatever is in it`(
        message: String, fields: [(String, String)], expected: String
    ) {
        let line = HumanLogHandler.line(
            time, .warning, message, fields.map { (key: $0.0, value: $0.1) })
        #expect(line == "1994-11-06T08:49:37.005Z warning  \(expected)\n")
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
    ])
    func `HTTP's date is written as HTTP has it`(seconds: Int, text: String) {
        #expect(HTTPDate.text(of: seconds) == text)
    }
}
