import MetricRegistry
import Testing

struct MetricNameTests {
    @Test(arguments: ["a", "_a", ":a:b", "A9_z", String(repeating: "x", count: 255)])
    func `a legal metric name is taken as it is`(_ name: String) throws {
        #expect(try MetricName(name).description == name)
    }

    @Test(arguments: [
        "", "9a", "a-b", "a.b", "a b", "é", "a\n", "@", "[", "a{",
        String(repeating: "x", count: 256),
    ])
    func `an illegal metric name is refused, never mangled`(_ name: String) {
        #expect(throws: NameError.self) { try MetricName(name) }
    }

    @Test(arguments: ["a", "_a", "A9_z"])
    func `a legal label name is taken as it is`(_ name: String) throws {
        #expect(try LabelName(name).description == name)
    }

    @Test(arguments: ["", "9a", "a:b", "a-b", "__name__", "__a", "le", "quantile", "é"])
    func `an illegal or reserved label name is refused`(_ name: String) {
        #expect(throws: NameError.self) { try LabelName(name) }
    }

    @Test func `a refusal says what would be accepted`() {
        let error = #expect(throws: NameError.self) { try MetricName("a.b") }
        #expect(
            error?.description
                == "\"a.b\" is not a metric name; accepted is [a-zA-Z_:][a-zA-Z0-9_:]*")
    }
}
