import Testing

@testable import AgentRuntime

struct PercentEncodingTests {
    @Test(arguments: [
        ("", ""), ("a b", "a%20b"), ("%", "%25"), ("a/b?c=d&e", "a%2Fb%3Fc%3Dd%26e"),
        ("ü€", "%C3%BC%E2%82%AC"), ("a-b.c_d~e", "a-b.c_d~e"), ("\n", "%0A"),
    ])
    func `what is encoded is decoded again`(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded[...]) == text)
    }

    @Test(arguments: ["%", "%1", "%zz", "%C3", "a%", "%+1"])
    func `what is no encoding is refused`(text: String) {
        #expect(PercentEncoding.decode(text[...]) == nil)
    }

    @Test func `a plus is a blank only in queries`() {
        #expect(PercentEncoding.decode("a+b") == "a+b")
        #expect(PercentEncoding.decode("a+b", plusIsBlank: true) == "a b")
    }
}
