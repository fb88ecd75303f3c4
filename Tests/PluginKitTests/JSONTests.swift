import PluginKit
import Testing

struct JSONTests {
    @Test(
        arguments: [
            ("null", "null"), (" true ", "true"), ("[1, -2,3.5,1e3]", "[1,-2,3.5,1000.0]"),
            (#"{"a": {"b": []}, "c": ""}"#, #"{"a":{"b":[]},"c":""}"#),
            (#""\"\\\/\n\u00e9\ud83d\ude00""#, #""\"\\/\né😀""#),
            ("9223372036854775808", "9.223372036854776e+18"),
            (#""\u0001""#, #""\u0001""#),
        ]) func `JSON is read and written`(text: String, expected: String) throws
    {
        #expect(try JSON(parsing: text).description == expected)
    }

    @Test(
        arguments: [
            "", "nul", "{", "[1,]", "[1 2]", "{\"a\" 1}", "{a: 1}", "{\"a\":1,\"a\":2}", "01", "-",
            "1.",
            ".5", "1e", "1e999", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
            "\"\n\"", "1 1", "tru", "+1", "\"\\u00+1\"",
            String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
            String(repeating: "[", count: 1_000_000),
        ]) func `what is not JSON is refused`(text: String)
    {
        #expect(throws: PluginError.self) { try JSON(parsing: text) }
    }

    @Test func `an error says line and column`() {
        let failure = #expect(throws: PluginError.self) {
            try JSON(parsing: "{\n  \"a\": 1,\n  \"b\": ?\n}")
        }
        #expect(failure?.description == "settings, line 3, column 8: expected a value")
    }
}
