import TestSupport
import Testing

struct PushgatewayTests {
    @Test func `an exposition is taken, a doubled series or a broken label is not`() async throws {
        let gateway = try await Pushgateway()
        func status(_ exposition: String) async throws -> Int {
            try await gateway.push(Array(exposition.utf8)).status
        }
        #expect(try await status("# TYPE a counter\na{b=\"c\\nd\"} 1\na{b=\"e\"} 2\n") == 200)
        #expect(try await status("a{b=\"c\"} 1\na{b=\"c\"} 2\n") == 400)
        #expect(try await status("a{b=\"c\nd\"} 1\n") == 400)
    }
}
