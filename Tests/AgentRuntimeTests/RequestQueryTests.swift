import Testing

@testable import AgentRuntime

struct RequestQueryTests {
    private enum Color: String, CaseIterable { case red, green }

    private func fault(
        _ query: String, _ read: (RequestQuery) throws(RequestFault) -> Void = { _ in }
    ) -> String? {
        do throws(RequestFault) {
            try read(RequestQuery(query, accepting: ["limit", "color", "since"]))
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `values are decoded and read as what they are`() throws {
        let query = try RequestQuery(
            "limit=7&color=gre%65n&since=1970-01-01T00:00:01Z",
            accepting: ["limit", "color", "since", "other"])
        #expect(try query.integer("limit", in: 1...9) == 7)
        #expect(try query.word("color", of: Color.self) == .green)
        #expect(try query.moment("since", now: 0) == 1_000_000_000)
        #expect(query.text("other") == nil)
        let ago = try RequestQuery("since=2s&color=", accepting: ["since", "color"])
        #expect(try ago.moment("since", now: 5_000_000_000) == 3_000_000_000)
        #expect(try ago.word("color", of: Color.self) == nil)
        #expect(try RequestQuery("", accepting: []).text("x") == nil)
    }

    @Test(arguments: [
        ("limt=1", #"the parameter "limt" is not known; did you mean "limit"?"#),
        (
            "zebra=1",
            #"the parameter "zebra" is not known; accepted are "limit", "color", "since""#
        ),
        ("limit=1&limit=2", #"the parameter "limit" stands twice"#),
        ("limit=%zz", #"the query's "limit=%zz" is not percent-encoded UTF-8"#),
        ("limit=0", #"the parameter "limit" is "0"; expected an integer from 1 to 9"#),
        ("limit=x", #"the parameter "limit" is "x"; expected an integer from 1 to 9"#),
        ("color=blue", #"the parameter "color" is "blue"; expected one of "red", "green""#),
        (
            "since=yesterday",
            #"the parameter "since" is "yesterday"; expected a time such as "2026-01-31T12:00:00Z", or an age such as "15m""#
        ),
    ])
    func `what cannot be understood is told`(query: String, message: String) {
        let told = fault(query) { query throws(RequestFault) in
            _ = try query.integer("limit", in: 1...9)
            _ = try query.word("color", of: Color.self)
            _ = try query.moment("since", now: 0)
        }
        #expect(told == message)
    }
}
