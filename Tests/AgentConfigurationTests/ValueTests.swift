import Testing

@testable import AgentConfiguration

struct ValueTests {
    @Test(arguments: [
        ("127.0.0.1:9568", "127.0.0.1", 9568), ("[::1]:0", "::1", 0), (":9568", "", 9568),
        ("localhost:65535", "localhost", 65_535),
        ("my-host.example_1.net:1", "my-host.example_1.net", 1),
    ])
    func `an address is read and written the same`(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host)
        #expect(Int(address.port) == port)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "9568", "localhost", "localhost:", "localhost:65536", "localhost:-1", "a:+1",
        "::1:9568",
        "[::1]", "[::1:9568", "[127.0.0.1]:1", "[]:1", "1.2.3:4", "256.1.1.1:1", "a..b:1", "a b:1",
        "http://a:1", "a/b:1", "é:1", ":٣",
    ])
    func `what is no address is refused`(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.9.9.9:1", true), ("[::1]:1", true), ("localhost:1", true),
        (":1", false), ("0.0.0.0:1", false), ("127.example.net:1", false), ("10.0.0.1:1", false),
    ])
    func `loopback is told from the rest`(text: String, isLoopback: Bool) throws {
        #expect(try #require(ListenAddress(text)).isLoopback == isLoopback)
    }

    @Test(
        arguments: [
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.128/25", "192.0.2.200", true), ("192.0.2.128/25", "192.0.2.127", false),
            ("172.16.0.0/12", "172.31.9.9", true), ("172.16.0.0/12", "172.32.0.0", false),
            ("0.0.0.0/0", "203.0.113.1", true), ("0.0.0.0/0", "::1", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::", false),
            ("10.1.0.0/16", "::ffff:10.1.2.3", true), ("::ffff:10.1.2.3", "10.1.2.3", true),
            ("::/0", "2001:db8::1", true),
        ] as [(String, String, Bool)])
    func `a range holds the addresses that begin like it`(
        range: String, address: String, isIn: Bool
    ) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
        "::/129",
        "10.0.0", "localhost", "[::1]", "::ffff:10.0.0.0/104", "10.0.0.0/٨", "10.0.0.0/08000",
    ])
    func `what is no range of addresses is refused`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)),
        ("1h", .seconds(3600)), ("7d", .seconds(604_800)), ("1us", .microseconds(1)),
        ("3ns", .nanoseconds(3)),
    ])
    func `a duration is read and written the same`(text: String, duration: Duration) {
        #expect(Duration(configurationText: text) == duration)
        #expect(duration.configurationText == text)
    }

    @Test(arguments: ["", "5", "s", "-5s", "1.5s", "5 s", "5S", "99999999999d", "5sec", "٣s"])
    func `what is no duration is refused`(text: String) {
        #expect(Duration(configurationText: text) == nil)
    }

    @Test(arguments: [
        ("0B", 0), ("10kB", 10_000), ("4KiB", 4096), ("4MiB", 4 << 20), ("1GB", 1_000_000_000),
    ])
    func `a size is read`(text: String, bytes: Int) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(arguments: ["", "4", "4mib", "4 MiB", "-1B", "99999999999GiB", "4K"])
    func `what is no size is refused`(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(arguments: [
        ("lisen", "listen"), ("Listen", "listen"), ("lsiten", "listen"), ("tokn", "token"),
        ("allowedhosts", "allowed_hosts"), ("xyz", nil), ("", nil),
    ])
    func `the nearest key is found, and nothing far`(word: String, nearest: String?) {
        #expect(["listen", "token", "allowed_hosts", "max"].nearest(to: word) == nearest)
    }

    @Test func `a key path reads well and points exactly`() {
        let path = ValuePath([
            .key("plugins"), .index(0), .key("a.b"), .key("x/y~z"), .key("port"),
        ])
        #expect(path.description == #"plugins[0]["a.b"]["x/y~z"].port"#)
        #expect(path.pointer == "/plugins/0/a.b/x~1y~0z/port")
    }
}
