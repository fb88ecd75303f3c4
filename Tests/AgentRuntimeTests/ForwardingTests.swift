import AgentConfiguration
import HTTPTypes
import Testing

@testable import AgentRuntime

struct ForwardingTests {
    private func headers(_ fields: [(String, String)]) throws -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in fields {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return headers
    }

    @Test(arguments: [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "X-Forwarded-Anything", "X-Real-IP", "X-Client-IP", "X-Original-Forwarded-For",
        "X-Envoy-External-Address", "CF-Connecting-IP", "CDN-Loop", "True-Client-IP",
        "Fastly-Client-IP", "X-Original-URL",
    ])
    func `whoever comes through a proxy is not this machine`(name: String) throws {
        for value in ["203.0.113.9", "127.0.0.1", ""] {
            let sender = Forwarding().sender(try headers([(name, value)]), peer: "127.0.0.1")
            #expect(sender == Forwarding.Sender(address: "127.0.0.1", isLocal: false))
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("192.0.2.1", false),
    ])
    func `a request without a sign of a proxy comes from who sent it`(
        peer: String, isLocal: Bool
    ) throws {
        let plain = try headers([("User-Agent", "x"), ("Accept", "*/*"), ("X-Request-ID", "1")])
        #expect(Forwarding().sender(plain, peer: peer) == .init(address: peer, isLocal: isLocal))
        #expect(Forwarding().sender(plain, peer: nil) == .init())
    }

    @Test(
        arguments: [
            ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
            ("127.0.0.1", ["[2001:db8::9]:4711"], "2001:db8::9"),
            ("127.0.0.1", ["2001:DB8::9"], "2001:db8::9"),
            ("127.0.0.1", ["127.0.0.1, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", ["198.51.100.1, 203.0.113.9 , 10.1.2.3"], "203.0.113.9"),
            ("127.0.0.1", ["198.51.100.1", "203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
            ("127.0.0.1", ["198.51.100.1, nonsense"], "127.0.0.1"),
            ("127.0.0.1", ["nonsense, 10.1.2.3"], "10.1.2.3"),
            ("127.0.0.1", [""], "127.0.0.1"), ("127.0.0.1", [], "127.0.0.1"),
            ("::ffff:10.9.9.9", ["203.0.113.9"], "203.0.113.9"),
            ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
            ("127.0.0.1", ["127.0.0.1"], "127.0.0.1"),
        ] as [(String, [String], String)])
    func `the client is the last that a trusted proxy heard and that is none itself`(
        peer: String, lists: [String], client: String
    ) throws {
        let trusted = try ["127.0.0.1", "10.0.0.0/8"].map { try #require(AddressRange($0)) }
        let fields = try headers(lists.map { ("X-Forwarded-For", $0) })
        let sender = Forwarding(trustedProxies: trusted).sender(fields, peer: peer)
        #expect(sender == Forwarding.Sender(address: client, isLocal: false))
    }
}
