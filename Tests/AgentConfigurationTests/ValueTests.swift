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
