import Testing

@testable import Grafana

/// Addresses, waiting, and what must not be said.
struct ReachingTests {
    @Test(
        arguments: [
            ("http://localhost:3000", "http://localhost:3000", nil, nil),
            ("https://example.net/grafana/", "https://example.net/grafana", nil, nil),
            ("HTTPS://example.net/a/b", "https://example.net/a/b", nil, nil),
            ("http://u:p@h:1/x", "http://h:1/x", "u", "p"),
            ("http://u@h", "http://h", "u", nil),
            ("http://u:p%40%3aq@h", "http://h", "u", "p@:q"),
            ("http://u:p@q@h", "http://h", "u", "p@q"),
            ("http://[::1]:3000", "http://[::1]:3000", nil, nil),
        ] as [(String, String, String?, String?)])
    func `an address keeps its path and gives up its credentials`(
        url: String, base: String, user: String?, password: String?
    ) throws {
        let host = try GrafanaHost(url)
        #expect(host.base == base)
        #expect(host.user == user)
        #expect(host.password == password)
    }

    @Test(arguments: [
        "", "example.net", "ftp://h", "http://", "http:///x", "http://:80", "http://h?x=1",
        "http://h#x", "http://h x", "http://u:sEcret@", "file:///etc/passwd", "http://h\\x",
    ])
    func `what is no address of Grafana's is refused without showing it`(url: String) {
        let error = #expect(throws: GrafanaHost.Unusable.self) { try GrafanaHost(url) }
        #expect(error?.description.contains("sEcret") == false)
    }

    @Test(arguments: [
        ("https://u:p@other.net/login?token=t", "https://other.net/login"),
        ("/login?redirect=x#y", "/login"), ("https://other.net", "https://other.net"),
    ])
    func `a redirect's target is shown without what may be a secret`(
        location: String, shown: String
    ) {
        #expect(GrafanaHost.shown(location: location) == shown)
    }

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("-1", nil), ("soon", nil), ("", nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 7), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
            ("Sun, 32 Nov 1994 08:49:37 GMT", nil), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
            ("99999999999999999999", nil), ("9223372036854775807", 86_400),
            ("Thu, 29 Feb 2024 00:00:00 GMT", 86_400),
        ] as [(String, Int?)])
    func `Retry-After is read as seconds and as a date`(text: String, seconds: Int?) {
        // Sun, 06 Nov 1994 08:49:30 GMT
        let duration = RetryAfter.duration(text, now: 784_111_770)
        #expect(duration == seconds.map { .seconds($0) })
    }

    @Test func `waiting grows, is scattered and has an end`() {
        var schedule = RetrySchedule(interval: .seconds(100))
        let waits = (0..<40).map { _ in schedule.failed(retryAfter: nil, random: 1) }
        #expect(waits.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(waits.last == .seconds(300))
        #expect(schedule.succeeded(random: 0.5) == .seconds(100))
        #expect(schedule.failed(retryAfter: nil, random: 0) == .milliseconds(500))
    }

    @Test func `what a server asks for is waited at least, within reason`() {
        var schedule = RetrySchedule(interval: .seconds(100))
        #expect(schedule.failed(retryAfter: .seconds(30), random: 0) == .seconds(30))
        #expect(schedule.failed(retryAfter: .seconds(1 << 40), random: 0) == .seconds(3600))
        #expect(schedule.failed(retryAfter: .zero, random: 1) >= .seconds(1))
    }

    @Test func `secrets are taken out of what others say`() {
        let redaction = Redaction(["glsa_token", "pass", "pass word", "x", ""])
        #expect(
            redaction("Bearer glsa_token, pass word, passpass, x")
                == "Bearer (secret), (secret), (secret)(secret), x")
        #expect(redaction("nothing") == "nothing")
    }
}
