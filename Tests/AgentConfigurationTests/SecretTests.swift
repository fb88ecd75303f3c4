import Glibc
import Testing

@testable import AgentConfiguration

struct SecretTests {
    private struct Holder {
        let token: Secret
        let other: Secret?
    }

    @Test func `a secret is printed nowhere`() {
        let secret = Secret("hunter2")
        let holder = Holder(token: secret, other: secret)
        var dumped = ""
        dump(holder, to: &dumped)
        let texts = [
            "\(secret)", String(reflecting: secret), String(describing: holder),
            String(reflecting: [secret]), dumped,
            "\(Mirror(reflecting: secret).children.map(\.value))",
            JSONWriter().write(secret.json),
        ]
        for text in texts { #expect(!text.contains("hunter2"), "\(text)") }
        #expect("\(secret)" == "<secret>")
        #expect(secret.revealed() == "hunter2")
    }

    @Test(arguments: [
        ("hunter2", true), ("hunter", false), ("hunter22", false), ("Hunter2", false), ("", false),
        ("hunter2hunter2", false),
    ])
    func `a secret is matched whole`(candidate: String, isSame: Bool) {
        #expect(Secret("hunter2").matches(Array(candidate.utf8)) == isSame)
        #expect(!Secret("").matches(Array(candidate.utf8)))
    }

    @Test func `a value may stand in the environment`() throws {
        let configuration = try configuration(
            """
            {"http": {"token": {"env": "TOKEN"}, "listen": {"env": "ADDRESS"},
              "max_connections": {"env": "COUNT"}}, "series": {"tick": {"env": "TICK"}},
             "intake": {"http": {"enabled": {"env": "HTTP"}}}}
            """,
            [
                "TOKEN": "hunter2", "ADDRESS": ":1", "COUNT": "12", "TICK": "3s", "HTTP": "false",
            ])
        #expect(configuration.http.token?.revealed() == "hunter2")
        #expect(configuration.http.listen.description == ":1")
        #expect(configuration.http.maxConnections == 12)
        #expect(configuration.series.tick == .seconds(3))
        #expect(!configuration.intake.http)
    }

    @Test func `a whole configuration can be dumped without showing a secret`() throws {
        let configuration = try configuration(
            #"{"http": {"token": "hunter2"}, "plugins": [{"plugin": "A", "settings": {"a": "hunter2"}}]}"#
        )
        var text = "\(configuration)"
        dump(configuration, to: &text)
        #expect(text.contains("<secret>"))
        #expect(!text.contains("hunter2"))
    }

    @Test func `a variable that is not set is an error unless the key is optional`() throws {
        let text = #"{"http": {"token": {"env": "TOKEN"}, "listen": {"env": "ADDRESS"}}}"#
        #expect(
            sentences(text) == [
                "agent.json:1:48: http.listen: the environment variable ADDRESS is not set"
            ])
        #expect(try configuration(text, ["ADDRESS": ":1"]).http.token == nil)
    }

    @Test func `what a variable holds is not shown`() {
        let found = sentences(
            #"{"http": {"token": {"env": "TOKEN"}, "max_connections": {"env": "COUNT"}}}"#,
            ["TOKEN": "", "COUNT": "hunter2"])
        #expect(
            found == [
                #"agent.json:1:20: http.token: expected a text that is not empty, best as {"env": "NAME"} or {"file": "path"}, found the value of the environment variable TOKEN"#,
                "agent.json:1:57: http.max_connections: expected an integer from 1 to 65535, found the value of the environment variable COUNT",
            ])
        #expect(
            sentences(#"{"http": {"token": ["hunter2"]}}"#) == [
                #"agent.json:1:20: http.token: expected a text that is not empty, best as {"env": "NAME"} or {"file": "path"}, found an array"#
            ])
    }

    @Test func `a value may stand in a file beside the configuration`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("hunter2\n", to: "token")
        try directory.write([0xFF], to: "bad")
        let text = #"{"http": {"token": {"file": "token"}}}"#
        let configuration = try AgentConfiguration.parse(
            Array(text.utf8), file: directory.path + "/agent.json", environment: [:])
        #expect(configuration.http.token?.revealed() == "hunter2")

        for (name, reason) in [
            ("none", "cannot be read: No such file or directory"), ("bad", "is not valid UTF-8"),
            (".", "cannot be read: Is a directory"),
        ] {
            let error = #expect(throws: ConfigurationErrors.self) {
                try AgentConfiguration.parse(
                    Array(#"{"http": {"token": {"file": "\#(name)"}}}"#.utf8),
                    file: directory.path + "/agent.json", environment: [:])
            }
            let sentence = error?.errors.first?.problem.description
            #expect(sentence == "the file \"\(directory.path)/\(name)\" \(reason)")
        }
    }

    @Test func `the environment of the process is read`() {
        #expect(Environment.process["PATH"] != nil)
        #expect(Environment.process["NO SUCH VARIABLE"] == nil)
    }
}

/// A directory that goes away with the test.
final class TemporaryDirectory {
    let path: String

    struct CannotBeMade: Error {}

    init() throws {
        var template = Array("/tmp/agent-configuration-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CannotBeMade() }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        guard let file = fopen("\(path)/\(name)", "w") else { throw CannotBeMade() }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw CannotBeMade() }
    }

    func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }

    deinit {
        for name in ["token", "bad"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
