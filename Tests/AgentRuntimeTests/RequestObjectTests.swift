import HTTPTypes
import NIOCore
import Testing

@testable import AgentRuntime

struct RequestObjectTests {
    private func object(_ text: String) throws(RequestFault) -> RequestObject {
        try RequestObject(ByteBuffer(string: text), accepting: ["name", "count", "wait"])
    }

    @Test func `members are read as what they are`() throws {
        let object = try object(#"{"name": "a b", "count": 3, "wait": "250ms"}"#)
        #expect(try object.text("name") == "a b")
        #expect(try object.integer("count", in: 0...3) == 3)
        #expect(try object.duration("wait", in: .zero...(.seconds(1))) == .milliseconds(250))
        #expect(try self.object(#"{"name": null}"#).text("name") == nil)
        #expect(try self.object("{}").integer("count", in: 0...3) == nil)
        #expect(try self.object(#"{"name": null}"#).isNull("name"))
        #expect(try !self.object(#"{"count": 0}"#).isNull("count"))
        #expect(try !self.object("{}").isNull("name"))
    }

    @Test(arguments: [
        ("", "the body is not JSON: 1:1: expected a value, found the end"),
        ("[]", "the body is not a JSON object"),
        (#"{"nmae": 1}"#, #"the key "nmae" is not known; did you mean "name"?"#),
        (
            #"{"name": {"env": "HOME"}}"#,
            #"the key "name": expected a text of 1 to 1024 bytes without control characters"#
        ),
        (
            #"{"name": ""}"#,
            #"the key "name": expected a text of 1 to 1024 bytes without control characters"#
        ),
        (
            #"{"name": "a\u0000"}"#,
            #"the key "name": expected a text of 1 to 1024 bytes without control characters"#
        ),
        (#"{"count": 1.5}"#, #"the key "count": expected an integer from 0 to 3"#),
        (#"{"count": 4}"#, #"the key "count": expected an integer from 0 to 3"#),
        (#"{"wait": 5}"#, #"the key "wait": expected a duration from 0s to 1s such as "30s""#),
        (#"{"wait": "2s"}"#, #"the key "wait": expected a duration from 0s to 1s such as "30s""#),
    ])
    func `what is wrong is told`(text: String, message: String) {
        let fault = #expect(throws: RequestFault.self) {
            let object = try object(text)
            _ = try object.text("name")
            _ = try object.integer("count", in: 0...3)
            _ = try object.duration("wait", in: .zero...(.seconds(1)))
        }
        #expect(fault?.message == message)
        #expect(fault?.status == .badRequest)
    }

    @Test func `what nests without end is refused, not followed`() {
        let text = #"{"name": "# + String(repeating: "[", count: 100_000)
        #expect(throws: RequestFault.self) { try object(text) }
    }
}
