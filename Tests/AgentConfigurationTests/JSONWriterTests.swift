import Testing

@testable import AgentConfiguration

struct JSONWriterTests {
    private let value: JSONValue = ["b": [1, 2.5, "x\ty"], "a": [:], "c": [["d": nil]]]

    @Test func `compact text has no blanks and the declared order`() {
        #expect(JSONWriter().write(value) == #"{"b":[1,2.5,"x\ty"],"a":{},"c":[{"d":null}]}"#)
    }

    @Test func `pretty text is indented by two and ends in a newline`() {
        #expect(
            JSONWriter(.pretty, keys: .sorted).write(value) == """
                {
                  "a": {},
                  "b": [
                    1,
                    2.5,
                    "x\\ty"
                  ],
                  "c": [
                    {
                      "d": null
                    }
                  ]
                }

                """)
    }

    @Test func `numbers and key order compare as JSON does`() {
        #expect(JSONValue.integer(1) == JSONValue.number(1))
        #expect(JSONValue.integer(1).hashValue == JSONValue.number(1).hashValue)
        #expect(JSONValue.integer(.max) != JSONValue.number(9_223_372_036_854_775_808))
        #expect(["a": 1, "b": 2] as JSONValue == ["b": 2, "a": 1])
        #expect(["a": 1] as JSONValue != ["a": 1, "b": nil])
        #expect(JSONValue.bool(true) != JSONValue.integer(1))
    }
}
