import Testing

@testable import Telemetry

struct EventNameTests {
    @Test(arguments: [
        "a", "net_auto.runner.stop", "A.b-c.d:e/f", "agent.plugin", "größe.日本", "0", "a.0.b",
        String(repeating: "x", count: 255),
    ])
    func `a path of words is a name`(_ path: String) throws {
        #expect(try EventName(path).description == path)
    }

    @Test(arguments: [
        ("", EventNameError.Reason.empty), (".", .emptyWord), ("a.", .emptyWord),
        (".a", .emptyWord), ("a..b", .emptyWord), ("a b", .character), ("a*", .character),
        ("a\n", .character), ("a\u{1}b", .character), ("a\u{7f}", .character), ("*", .character),
        ("a,b", .character), ("a=b", .character), ("a;b", .character),
        (String(repeating: "x", count: 256), .tooLong),
        (String(repeating: "é", count: 128), .tooLong),
    ])
    func `anything else is refused with the reason`(
        _ path: String, _ reason: EventNameError.Reason
    ) throws {
        #expect(throws: EventNameError(name: path, reason: reason)) { try EventName(path) }
    }

    @Test func `a refusal quotes the name`() {
        let error = EventNameError(name: "a..b", reason: .emptyWord)
        #expect(
            error.description
                == "\"a..b\" is not an event name: it has an empty word (a dot at an end, or two in a row)"
        )
    }
}

struct EventPatternTests {
    @Test(arguments: [
        ("a.b", "a.b", true), ("a.b", "a.b.c", false), ("a.b", "a", false),
        ("a.*", "a.b", true), ("a.*", "a.b.c", true), ("a.*", "a", false), ("a.*", "ab", false),
        ("a.*", "ab.c", false), ("a.b.*", "a.bc.d", false), ("*", "anything.at.all", true),
    ])
    func `a pattern matches a name, what is below a prefix, or all`(
        _ pattern: String, _ name: String, _ matches: Bool
    ) throws {
        let read = try EventPattern(pattern)
        #expect(read.matches(try EventName(name)) == matches)
        #expect(read.description == pattern)
    }

    @Test(arguments: ["", "a.", ".*", "**", "a*", "*.a", "a.*.b", "a..*"])
    func `a star stands alone or after a prefix`(_ pattern: String) {
        #expect(throws: EventNameError.self) { try EventPattern(pattern) }
    }
}
