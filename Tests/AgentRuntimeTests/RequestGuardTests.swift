import AgentConfiguration
import Testing

@testable import AgentRuntime

struct RequestGuardTests {
    private let strict = RequestGuard(
        token: Secret("s3cret"), listenHost: "192.0.2.7", allowedHosts: ["Agent.Example.net"])
    private let withoutToken = RequestGuard(token: nil, listenHost: "", allowedHosts: [])

    private func facts(
        loopback: Bool = true, local: String? = "127.0.0.1", host: String? = "localhost:9568",
        origin: String? = nil, foreignPage: Bool = false, authorization: String? = nil
    ) -> RequestGuard.Facts {
        RequestGuard.Facts(
            isLocal: loopback, localAddress: local, host: host, origin: origin,
            isFromForeignPage: foreignPage, authorization: authorization)
    }

    @Test(arguments: [
        "localhost", "localhost:9568", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9568", "127.8.9.1:80",
        "[::1]", "[::1]:9568", "192.0.2.7", "192.0.2.7:9568", "agent.example.net",
        "AGENT.example.NET:443",
    ])
    func `a host that is this agent's may act from loopback`(host: String) {
        #expect(strict.refusal(of: facts(host: host)) == nil)
    }

    @Test(arguments: [
        "evil.example", "evil.example:9568", "localhost.evil.example", "evil.localhost", "",
        ":9568", "localhost:", "localhost:x", "localhost:99999", "localhost:1:2", "[::1", "[::1]x",
        "::1", "[::2]", "128.0.0.1", "127.0.0.1.evil.example", "user@localhost", "192.0.2.8",
        "localhost ", "2130706433",
    ])
    func `any other host is refused: its name may resolve here and still be foreign`(host: String) {
        #expect(strict.refusal(of: facts(host: host)) == .foreignHost(host))
    }

    @Test func `a request without a host is refused`() {
        #expect(strict.refusal(of: facts(host: nil)) == .foreignHost(""))
    }

    @Test func `the address that was connected to is a name of this agent`() {
        let facts = facts(local: "198.51.100.4", host: "198.51.100.4:9568")
        #expect(withoutToken.refusal(of: facts) == nil)
        #expect(strict.refusal(of: facts) == nil)
    }

    @Test(arguments: [
        "http://localhost", "http://localhost:9568", "https://127.0.0.1:1", "HTTP://[::1]:9568",
        "http://agent.example.net",
    ])
    func `an origin of this agent's may act`(origin: String) {
        #expect(strict.refusal(of: facts(origin: origin)) == nil)
    }

    @Test(arguments: [
        "http://evil.example", "https://evil.example:9568", "null", "", "localhost",
        "ftp://localhost", "http://", "http://localhost.evil.example", "http://localhost/path",
        "file://localhost", "http://localhost@evil.example",
    ])
    func `any other origin is refused, so no page a person visits can act`(origin: String) {
        #expect(strict.refusal(of: facts(origin: origin)) == .foreignOrigin(origin))
    }

    @Test(arguments: ["Bearer s3cret", "bearer s3cret", "Token s3cret", "BEARER   s3cret"])
    func `from afar the token is needed, as Bearer or as InfluxDB's clients write it`(
        authorization: String
    ) {
        let facts = facts(
            loopback: false, host: "agent.example.net", authorization: authorization)
        #expect(strict.refusal(of: facts) == nil)
    }

    @Test(
        arguments: [
            (nil, .tokenMissing), ("", .tokenMissing), ("s3cret", .tokenMissing),
            ("Basic s3cret", .tokenMissing), ("Bearer", .tokenMissing), ("Bearer ", .tokenMissing),
            ("Bearer s3cre", .tokenWrong), ("Bearer s3cret2", .tokenWrong),
            ("Bearer S3CRET", .tokenWrong), ("Bearer s3cret ", .tokenWrong),
        ] as [(String?, RequestGuard.Refusal)])
    func `from afar anything but the token is refused`(
        authorization: String?, refusal: RequestGuard.Refusal
    ) {
        let facts = facts(
            loopback: false, host: "agent.example.net", authorization: authorization)
        #expect(strict.refusal(of: facts) == refusal)
        #expect(refusal.isAboutCredentials)
    }

    @Test func `without a token nobody from afar may act`() {
        let facts = facts(
            loopback: false, local: "192.0.2.7", host: "192.0.2.7",
            authorization: "Bearer anything")
        #expect(withoutToken.refusal(of: facts) == .noTokenConfigured)
        #expect(!RequestGuard.Refusal.noTokenConfigured.isAboutCredentials)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.255.255", true), ("::1", true), ("::ffff:127.0.0.1", true),
        ("128.0.0.1", false), ("0.0.0.0", false), ("::", false), ("::2", false),
        ("::ffff:128.0.0.1", false), ("1::1", false), ("localhost", false), ("", false),
        ("127.1", false), ("127.0.0.1x", false),
    ])
    func `a loopback address is told from any other`(text: String, isLoopback: Bool) {
        #expect(LoopbackAddress.contains(text) == isLoopback)
    }

    @Test func `what needs the token needs it on this machine, too`() {
        #expect(strict.refusal(of: facts(), to: .token) == .tokenMissing)
        let wrong = facts(authorization: "Bearer s3cre")
        #expect(strict.refusal(of: wrong, to: .token) == .tokenWrong)
        let right = facts(authorization: "Bearer s3cret")
        #expect(strict.refusal(of: right, to: .token) == nil)
        #expect(withoutToken.refusal(of: right, to: .token) == .noTokenConfigured)
    }

    @Test(arguments: [Endpoint.Access.named, .guarded, .token])
    func `who brings the token may use any name for the agent`(access: Endpoint.Access) {
        let foreign = facts(
            loopback: false, host: "agent.other.example", authorization: "Bearer s3cret")
        #expect(strict.refusal(of: foreign, to: access) == nil)
        let wrong = facts(
            loopback: false, host: "agent.other.example", authorization: "Bearer s3cre")
        #expect(strict.refusal(of: wrong, to: access) == .foreignHost("agent.other.example"))
        let page = facts(origin: "https://evil.example", authorization: "Bearer s3cret")
        let refusal: RequestGuard.Refusal? =
            access == .named ? nil : .foreignOrigin("https://evil.example")
        #expect(strict.refusal(of: page, to: access) == refusal)
    }

    @Test
    func `a browser that says a page of another site asks is refused, though it sends no origin`() {
        #expect(strict.refusal(of: facts(foreignPage: true)) == .foreignPage)
        #expect(strict.refusal(of: facts(foreignPage: true), to: .named) == nil)
    }

    @Test(arguments: [
        "localhost:9568", "192.0.2.7", "203.0.113.80:9568", "[2001:db8::7]:9568", "agent",
        "prometheus-agent:9568", "agent.example.net", "box.example.net", nil,
    ])
    func `what is to be looked at is shown under every name that no stranger can make`(
        host: String?
    ) {
        let named = RequestGuard(
            token: nil, listenHost: "", allowedHosts: ["agent.example.net"],
            ownName: "Box.example.net")
        #expect(named.refusal(of: facts(loopback: false, host: host), to: .named) == nil)
    }

    @Test(arguments: ["evil.example:9568", "agent.evil.example", "127.0.0.1.evil.example", ":1"])
    func `a name that anyone may let resolve here is refused`(host: String) {
        for loopback in [true, false] {
            let facts = facts(loopback: loopback, host: host)
            #expect(strict.refusal(of: facts, to: .named) == .foreignHost(host))
        }
    }

    @Test func `without open reads all but health needs the token, from this machine as well`() {
        let closed = RequestGuard(
            token: Secret("s3cret"), listenHost: "", allowedHosts: [], openReads: .none)
        for access in [Endpoint.Access.named, .guarded, .token] {
            #expect(closed.refusal(of: facts(), to: access) == .tokenMissing)
            let right = facts(authorization: "Bearer s3cret")
            #expect(closed.refusal(of: right, to: access) == nil)
        }
        #expect(closed.refusal(of: facts(), to: .open) == nil)
    }

    @Test func `what is open asks nothing`() {
        let facts = facts(loopback: false, host: "evil.example", origin: "null")
        #expect(strict.refusal(of: facts, to: .open) == nil)
    }
}
