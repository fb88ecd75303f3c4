import Redaction
import Telemetry
import Testing

struct RedactorTests {
    private static let redactor = Redactor.standard

    /// A text, and what must not be in it afterwards.
    static let secrets: [(String, String)] = [
        ("postgres://app:s3cr3tPw@db:5432/x", "s3cr3tPw"),
        ("see https://u:p%40ss@host/path?q=1 now", "p%40ss"),
        ("redis://:onlypassword@cache:6379", "onlypassword"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("authorization: basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ("header BEARER ABCDEFGHIJK.lmn", "ABCDEFGHIJK"),
        ("password=hunter22", "hunter22"),
        ("PGPASSWORD=hunter22 psql", "hunter22"),
        ("DB_PASSWORD: hunter22", "hunter22"),
        ("--password hunter22 --host x", "hunter22"),
        ("--api-key=abc123def", "abc123def"),
        ("curl -H 'X-Api-Key: abc123def456'", "abc123def456"),
        (#"{"user":"me","password":"hunter22","n":1}"#, "hunter22"),
        (#"{"clientSecret" : "a b c"}"#, "a b c"),
        (#"{\"password\":\"hunter22\",\"n\":1}"#, "hunter22"),
        ("{'token': 'abcdefgh'}", "abcdefgh"),
        ("secret => \"open sesame\"", "open sesame"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnop"),
        ("token is glpat-abcdefghijklmnopqrst.", "abcdefghijklmnopqrst"),
        ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
        (
            "x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
            "dozjgNryP4J3"
        ),
        ("glsa_abcdefghijklmnopqrstuvwxyz_01234567", "abcdefghijklmnopqrstuvwxyz"),
        ("xoxb-123456789012-abcdefghij", "123456789012-abc"),
        ("card 4111 1111 1111 1111 ok", "4111"),
        ("4111111111111111", "4111111111111111"),
        ("5500-0000-0000-0004", "5500"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----\n", "MIIEow"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk", "b3BlbnNzaC1rZXk"),
        ("key: -----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----", "MIIEvQ"),
        ("https://x.test/?access_key=abcdefgh&y=1", "abcdefgh"),
        ("Traceback: RuntimeError: login failed, password='hun ter' for bob", "hun ter"),
        ("Set-Cookie: sid=abcdef; Path=/", "sid=abcdef"),
        ("password = hunter22", "hunter22"),
        ("mysql --password=\"a;b\" -u x", "a;b"),
        ("Cookie: theme=dark; sid=abc123; k=v", "abc123"),
        (#"curl -H "Cookie: a=b; sid=abc123" -X GET"#, "abc123"),
        ("cookie: a=\"b\"; sid=abc123\nhost: x", "abc123"),
        ("Authorization: Digest username=\"me\", response=\"6629fae4\"", "6629fae4"),
        ("Proxy-Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=fe5f80", "fe5f80"),
        ("mysql -u me -phunter22 db", "hunter22"),
        ("sudo /usr/bin/mysqldump -phunter22", "hunter22"),
        ("cd /tmp && sshpass -p hunter22 ssh x", "hunter22"),
        ("curl -sf -u me:hunter22 https://x/", "hunter22"),
        ("curl --user 'me:hunter 22' https://x/", "hunter 22"),
        ("redis-cli -h x -a hunter22 ping", "hunter22"),
        ("docker login -u me -p hunter22 registry", "hunter22"),
        ("java -Dx -storepass hunter22", "hunter22"),
        ("https://hooks.slack.com/services/T0000/B0000/abcdefgh", "abcdefgh"),
    ]

    @Test(arguments: secrets)
    func `a secret is taken out of a text, whatever stands around it`(
        _ text: String, _ secret: String
    ) {
        for prefix in ["", "x ", "{\"a\":\"", "=", "(", "\n"] {
            let clean = Self.redactor.text(prefix + text)
            #expect(!clean.contains(secret), "\(clean)")
            #expect(clean.contains(Redactor.mark), "\(clean)")
            #expect(Self.redactor.text(clean).contains(Redactor.mark))
        }
    }

    @Test(arguments: [
        "", "ok", "edge-1", "net_auto.runner.stop", "https://host:8080/path@here", "12:30:45",
        "2026-11-21T06:44:05.123456Z", "0190a1b2-7c3d-7000-8000-0123456789ab",
        "the password is unknown", "bearer of news", "basic usage", "tokens left", "max_tokens=12",
        "1234567890123", "4111111111111112", "192.168.100.100", "passing=3", "author=me",
        "mailto:user@host", "ssh://git@host/repo", "monkey=1", "keyboard: x", "a=b&c=d",
        "select count(*) from secrets_of_old where x = 1", "/usr/bin/env", "compass=north",
        "mkdir -p /tmp/x", "ssh -p 2222 host", "docker run -p 80:80 x", "curl -u me https://x",
        "mysql -P 3306 -p db", "ls -u -a", "tar -p -u x",
    ])
    func `what is no secret stays as it is`(_ text: String) {
        #expect(Self.redactor.text(text) == text)
    }

    @Test(arguments: [
        ("password", true), ("dbPassword", true), ("DB-PASSWORD", true), ("db.password", true),
        ("user_password_hash", true), ("apikey", true), ("apiKey", true), ("x-api-key", true),
        ("accessKeyID", true), ("token", true), ("refresh_token", true), ("authorization", true),
        ("Cookie", true), ("pwd", true), ("site", false), ("device_id", false), ("run_id", false),
        ("author", false), ("monkey", false), ("key", false), ("keyboard", false),
        ("max_tokens", false), ("bypass", false), ("passed", false), ("secretary", false),
    ])
    func `a key is read as words`(_ key: String, _ isHidden: Bool) {
        #expect(Self.redactor.hides(key: key) == isHidden)
    }

    @Test func `keys may be added, and shown all the same`() {
        let redactor = Redactor(
            RedactionSettings(keys: ["customer number"], shownKeys: ["push_token"]))
        #expect(redactor.hides(key: "customerNumber"))
        #expect(!redactor.hides(key: "push_token"))
        #expect(redactor.hides(key: "push_token2") == false)
        #expect(redactor.hides(key: "other_token"))
        #expect(redactor.text("push_token=abc") == "push_token=abc")
    }

    @Test func `nested metadata is cleaned to the limit of depth`() {
        let clean = Self.redactor.metadata([
            "user": "me", "n": 4,
            "login": ["password": "x", "tries": 3, "urls": ["http://a:b@c/", "http://c/"]],
            "pin_card": 4_111_111_111_111_111,
            "nothing": nil,
        ])
        #expect(
            clean["login"]
                == [
                    "password": "[redacted]", "tries": 3,
                    "urls": ["http://a:[redacted]@c/", "http://c/"],
                ])
        #expect(clean["pin_card"] == "[redacted]")
        #expect(clean["n"] == 4)
        #expect(clean["nothing"] == .null)
        var deep: MetadataValue = "http://a:b@c/"
        for _ in 0..<100 { deep = .object(["x": deep]) }
        #expect("\(Self.redactor.metadata(["deep": deep]))".contains("[too deep]"))
    }

    @Test func `the words of a command are cleaned one with another`() {
        #expect(
            Self.redactor.arguments(["mysql", "--password", "x y", "--user", "me", "TOKEN=abc"])
                == ["mysql", "--password", "[redacted]", "--user", "me", "TOKEN=[redacted]"])
        #expect(
            Self.redactor.arguments(["a", "--password", "--verbose"])
                == ["a", "--password", "--verbose"])
        #expect(
            Self.redactor.arguments(["sudo", "/usr/bin/mysql", "-phunter22", "-p", "db"])
                == ["sudo", "/usr/bin/mysql", "-p[redacted]", "-p", "db"])
        #expect(
            Self.redactor.arguments(["curl", "-u", "me:x y", "-uyou:z", "--user", "us"])
                == ["curl", "-u", "me:[redacted]", "-uyou:[redacted]", "--user", "us"])
        #expect(
            Self.redactor.arguments(["mkdir", "-p", "x"]) == ["mkdir", "-p", "x"])
        let long = String(repeating: "x", count: 100_000)
        #expect(Self.redactor.arguments(["echo", long]) == ["echo", long])
    }

    @Test func `at the beginning of a line all words behind a key are its value`() {
        #expect(
            Self.redactor.text("a: 1\n  - password: correct horse\nb: two words\n")
                == "a: 1\n  - password: [redacted]\nb: two words\n")
        #expect(Self.redactor.text("for password: x y") == "for password: [redacted] y")
    }

    @Test func `what is too long is cut off, and what was not looked at is not shown`() {
        let redactor = Redactor(RedactionSettings(maximumBytes: 20))
        let clean = redactor.text("0123456789 0123456789 password=x")
        #expect(clean == "0123456789 012345678[cut]")
    }

    @Test func `single detectors can be switched off`() {
        let redactor = Redactor(RedactionSettings(detectors: [.urls]))
        #expect(
            redactor.text("http://a:b@c/ password=x 4111111111111111")
                == "http://a:[redacted]@c/ password=x 4111111111111111")
    }

    @Test func `no bytes whatever stop it, and none are read beyond the end`() {
        var generator = SystemRandomNumberGenerator()
        let pieces: [[UInt8]] = [
            Array("password".utf8), Array("=".utf8), Array("\"".utf8), Array("\\".utf8),
            Array("://".utf8), Array("@".utf8), Array(":".utf8), Array("-----BEGIN ".utf8),
            Array("PRIVATE KEY-----".utf8), Array("-----END ".utf8), Array("bearer ".utf8),
            Array("4111 1111".utf8), Array("--token".utf8), Array(" ".utf8), [0xff], [0x00],
            Array("eyJ".utf8), Array("'".utf8), Array("ü".utf8),
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...8, using: &generator)).flatMap { _ in
                pieces.randomElement(using: &generator) ?? []
            }
            if let clean = Self.redactor.bytes(bytes) { #expect(!clean.isEmpty) }
        }
    }
}
