import Telemetry
import Testing

@testable import EventIntake

struct JSONLinesDecoderTests {
    @Test(arguments: [
        (#"{"event":"a.b"}"#, "a.b"),
        (#"{"event":["a","b","c"],"measurements":{"v":1}}"#, "a.b.c v=1"),
        (#" { "measurements" : { "v" : -1.5e2 } , "event" : "a" } "#, "a v=-150.0"),
        (
            #"{"event":"a","measurements":{"v":9223372036854775807,"w":-9223372036854775808}}"#,
            "a v=9223372036854775807 w=-9223372036854775808"
        ),
        (
            #"{"event":"a","measurements":{"v":9223372036854775808,"w":0.1,"x":0,"y":-0}}"#,
            "a v=9.223372036854776e+18 w=0.1 x=0 y=0"
        ),
        (#"{"event":"a","measurements":{"v":null,"w":1}}"#, "a w=1"),
        (#"{"event":"a","measurements":{},"metadata":{}}"#, "a"),
        (
            #"{"event":"a","metadata":{"s":"x","b":true,"c":false,"n":null,"i":7,"r":2.50}}"#,
            "a b:true c:false i:7 r:2.5 s:\"x\""
        ),
        (
            #"{"event":"a","metadata":{"device":{"site":"ams","tags":["x",{"y":1}]},"e":{},"f":[]}}"#,
            "a device.site:\"ams\" device.tags.0:\"x\" device.tags.1.y:1"
        ),
        (
            #"{"event":"a","metadata":{"s":"\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00"}}"#,
            "a s:\"\\\"\\\\/\\u{08}\\u{0C}\\n\\r\\té€😀\""
        ),
        (#"{"event":"a","metadata":{"k\u0041":"é😀"}}"#, "a kA:\"é😀\""),
        (
            #"{"event":"a","time":1700000000000000000,"correlation_id":"r-1"}"#,
            "a correlation=r-1 @1700000000000000000"
        ),
        (#"{"event":"a","time":null,"correlation_id":null}"#, "a"),
        (#"{"event":"a","measurements":null,"metadata":null}"#, "a"),
        (#"{"event":"a","time":0}"#, "a @0"),
        ("\u{feff}{\"event\":\"a\"}", "a"),
    ])
    func `a good object becomes its event`(text: String, event: String) throws {
        let decoded = try decodeJSON(text)
        #expect(decoded.lines == [event])
        #expect(decoded.faults == [])
        #expect(try decodeLines(text).lines == [event])
    }

    @Test(arguments: [
        ("{", "syntax@1:2"), ("{}", "invalid_name@1:1"), ("[1]", "invalid_value@1:2"),
        ("7", "invalid_value@1:1"), ("x", "syntax@1:1"), ("[", "syntax@1:2"),
        (#"{"event"}"#, "syntax@1:9"), (#"{"event":}"#, "syntax@1:10"),
        (#"{"event":"a",}"#, "syntax@1:14"), (#"{"event":"a"} x"#, "syntax@1:15"),
        (#"{"event":"a"}{"event":"a"}"#, "syntax@1:14"), (#"{"event":"a""#, "syntax@1:13"),
        (#"{event:"a"}"#, "syntax@1:2"), (#"{'event':'a'}"#, "syntax@1:2"),
        (#"{"event":"a}"#, "syntax@1:13"), (#"{"event":"a\"#, "syntax@1:13"),
        (#"{"event":"a\x"}"#, "syntax@1:12"), (#"{"event":"a\u12"}"#, "syntax@1:12"),
        (#"{"event":"\ud800"}"#, "invalid_utf8@1:11"),
        (#"{"event":"\udc00"}"#, "invalid_utf8@1:11"),
        (#"{"event":"\ud800\u0041"}"#, "invalid_utf8@1:11"),
        ("{\"event\":\"a\u{1}\"}", "syntax@1:12"), ("{\"event\":\"a\tb\"}", "syntax@1:12"),
        (#"{"event":"a","time":-9223372036854775808}"#, "invalid_value@1:21"),
        (#"{"event":"a","metadata":nul}"#, "syntax@1:25"), ("{\u{feff}}", "syntax@1:2"),
        (#"{"event":7}"#, "invalid_value@1:10"), (#"{"event":null}"#, "invalid_value@1:10"),
        (#"{"event":""}"#, "invalid_name@1:10"), (#"{"event":"a..b"}"#, "invalid_name@1:10"),
        (#"{"event":"a\u0001"}"#, "invalid_name@1:10"), (#"{"event":[]}"#, "invalid_name@1:10"),
        (#"{"event":["a",1]}"#, "invalid_value@1:15"),
        (#"{"event":["a","b c"]}"#, "invalid_name@1:10"),
        (#"{"measurements":{"v":1}}"#, "invalid_name@1:1"),
        (#"{"event":"a","measurements":[1]}"#, "invalid_value@1:29"),
        (#"{"event":"a","measurements":{"v":"1"}}"#, "invalid_value@1:34"),
        (#"{"event":"a","measurements":{"v":true}}"#, "invalid_value@1:34"),
        (#"{"event":"a","measurements":{"v":{"w":1}}}"#, "invalid_value@1:34"),
        (#"{"event":"a","measurements":{"v":01}}"#, "syntax@1:35"),
        (#"{"event":"a","measurements":{"v":+1}}"#, "syntax@1:34"),
        (#"{"event":"a","measurements":{"v":.5}}"#, "syntax@1:34"),
        (#"{"event":"a","measurements":{"v":5.}}"#, "syntax@1:34"),
        (#"{"event":"a","measurements":{"v":1e}}"#, "syntax@1:34"),
        (#"{"event":"a","measurements":{"v":-}}"#, "syntax@1:34"),
        (#"{"event":"a","measurements":{"v":NaN}}"#, "syntax@1:34"),
        (#"{"event":"a","measurements":{"v":nul}}"#, "syntax@1:34"),
        (#"{"event":"a","measurements":{"v":1e999}}"#, "number_out_of_range@1:34"),
        (#"{"event":"a","metadata":"x"}"#, "invalid_value@1:25"),
        (#"{"event":"a","metadata":{"k":tru}}"#, "syntax@1:30"),
        (#"{"event":"a","metadata":{"k":[1,]}}"#, "syntax@1:33"),
        (#"{"event":"a","metadata":{"k":{]}}"#, "syntax@1:31"),
        (#"{"event":"a","time":1.5}"#, "invalid_value@1:21"),
        (#"{"event":"a","time":"1"}"#, "invalid_value@1:21"),
        (#"{"event":"a","correlation_id":7}"#, "invalid_value@1:31"),
        (#"{"event":"a","measurement":{"v":1}}"#, "unknown_key@1:14"),
        (#"{"event":"a","event":"b"}"#, "duplicate_key@1:14"),
        ("{\"event\":\"a\",\n \"measurements\":{\"v\":true}}", "invalid_value@2:22"),
        ("{\"event\":\"a\",\n \"measurements\":{\"v\":}}", "syntax@2:22"),
    ])
    func `a bad object is rejected with its reason, line and column`(
        text: String, fault: String
    ) throws {
        let decoded = try decodeJSON(text)
        #expect(decoded.faults == [fault])
        #expect(decoded.lines == [])
        #expect(decoded.summary.received == 1 && decoded.summary.rejected == 1)
    }

    @Test func `an array's good events are applied beside its rejected ones`() throws {
        let decoded = try decodeJSON(
            """
            [ {"event":"a"},
              {"event":"b","measurements":{"v":"}]"}},
              7, "x,y", [{"event":"nested"}],
              {"event":"c"} ]
            """)
        #expect(decoded.lines == ["a", "c"])
        #expect(
            decoded.faults == [
                "invalid_value@2:36", "invalid_value@3:3", "invalid_value@3:6",
                "invalid_value@3:13",
            ])
        #expect(decoded.summary.received == 6)
    }

    @Test(arguments: [
        (#"{"event":"a","#, "syntax@3:1"), (#"{"event":"a""#, "syntax@3:1"),
        (#"{"event":"#, "invalid_value@3:1"), ("x", "syntax@2:1"), ("7", "invalid_value@2:1"),
        (#"{"event":"b"} {"event":"c"}"#, "syntax@2:15"), (#"[{"event":"a"#, "syntax@2:13"),
        ("{\n \"event\": [\n  1\n ]\n}", "invalid_value@4:3"),
        ("{\n \"event\": }\n", "syntax@3:11"), ("[7]", "invalid_value@2:2"),
    ])
    func `a bad event leaves those on other lines alone`(bad: String, fault: String) throws {
        let decoded = try decodeJSON("{\"event\":\"a\"}\n\(bad)\n{\"event\":\"z\"}\r\n")
        #expect(decoded.lines == ["a", "z"])
        #expect(decoded.faults == [fault])
        #expect(decoded.summary.received == 3)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a rejected element costs no look at all the others`() throws {
        let count = 500_000
        let body = "[" + String(repeating: "{},", count: count) + "{\"event\":\"a\"}]"
        let decoded = try decodeJSON(body)
        #expect(decoded.summary[.invalidName] == count && decoded.lines == ["a"])
    }

    @Test(arguments: [
        "{\"event\":1,\"metadata\":{\"k\":[", "{\"event\":\"a\",\"metadata\":{\"k\":[",
        "{\"event\":\"a\",\"time\":1.5,\"metadata\":{\"k\":\"",
    ])
    func `objects without an end are not each looked for to the end of the body`(line: String)
        throws
    {
        let decoded = try decodeJSON(String(repeating: line + "\n", count: 20_000))
        // Read again so often, then given up.
        #expect(decoded.summary.received < 20_000 / 2)
        #expect(decoded.summary.applied == 0)
    }

    @Test func `objects may take several lines each`() throws {
        let decoded = try decodeJSON("{\n \"event\": \"a\"\n}\n{\n \"event\": \"b\"\n}\n")
        #expect(decoded.lines == ["a", "b"])
    }

    @Test func `nesting beyond the limit is rejected, and deep input ends no process`() throws {
        var limits = DecodeLimits()
        limits.nestingDepth = 3
        func nested(_ depth: Int) -> String {
            #"{"event":"a","metadata":"# + String(repeating: "{\"k\":", count: depth) + "1"
                + String(repeating: "}", count: depth) + "}"
        }
        #expect(try decodeJSON(nested(3), limits: limits).lines == ["a k.k.k:1"])
        #expect(try decodeJSON(nested(4), limits: limits).summary[.nestingTooDeep] == 1)
        let deep = String(repeating: "[", count: 200_000)
        #expect(try decodeJSON(#"{"event":"a","metadata":{"k":"# + deep).summary.rejected >= 1)
        #expect(try decodeJSON(deep).summary.rejected >= 1)
    }

    @Test func `limits reject long texts, keys and paths, and too many of them`() throws {
        var limits = DecodeLimits()
        limits.labelBytes = 4
        limits.keyBytes = 12
        func reasons(_ metadata: String) throws -> [RejectReason: Int] {
            try decodeJSON("{\"event\":\"a\",\"metadata\":\(metadata)}", limits: limits)
                .summary.rejectedByReason
        }
        #expect(try reasons(#"{"k":"1234"}"#) == [:])
        #expect(try reasons(#"{"k":"12345"}"#) == [.labelTooLong: 1])
        #expect(try reasons(#"{"k":12345}"#) == [.labelTooLong: 1])
        #expect(try reasons(#"{"123456789012":1}"#) == [:])
        #expect(try reasons(#"{"1234567890123":1}"#) == [.keyTooLong: 1])
        #expect(try reasons(#"{"12345":{"123456":1}}"#) == [:])
        #expect(try reasons(#"{"12345":{"1234567":1}}"#) == [.keyTooLong: 1])
        let many = (0...128).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(try reasons("{\(many)}") == [.tooManyKeys: 1])
        let empties = (0...600).map { "\"\($0)\":{}" }.joined(separator: ",")
        #expect(try reasons("{\(empties)}") == [.tooManyKeys: 1])
    }

    @Test func `ill-formed UTF-8 in a string is rejected at its first byte`() throws {
        let bytes =
            Array(#"{"event":"a","metadata":{"k":"x"#.utf8) + [0xe2, 0x28] + Array("\"}}".utf8)
        #expect(try decodeJSON(bytes).faults == ["invalid_utf8@1:32"])
    }
}
