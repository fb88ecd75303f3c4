import Testing

@testable import AgentConfiguration

struct PluginSettingsTests {
    private let text = """
        {"url": {"env": "URL"}, "port": {"env": "PORT"}, "auth": {"token": {"env": "TOKEN"}},
         "tags": {"env": "prod"}, "list": ["a", {"env": "URL"}]}
        """

    private let schema = """
        {"type": "object", "additionalProperties": false, "properties": {
          "url": {"type": "string"},
          "port": {"type": "integer", "maximum": 9000},
          "auth": {"properties": {"token": {"$ref": "#/$defs/secret"}}},
          "tags": {"type": "object"},
          "list": {"items": {"type": "string"}}},
         "$defs": {"secret": {"type": "string", "minLength": 3, "writeOnly": true}}}
        """

    @Test func `references stay in place until a schema is at hand`() throws {
        let settings = try settings(text, ["URL": "u", "TOKEN": "hunter2"])
        #expect(settings.value["url"] == ["env": "URL"])
        #expect(Set(settings.secrets.keys) == ["url", "auth.token", "list[1]"])
        #expect(settings.secrets["auth.token"]?.revealed() == "hunter2")
    }

    @Test func `settings are not printed, with or without a schema`() throws {
        let settings = try settings(
            #"{"password": "hunter2", "url": {"env": "URL"}}"#, ["URL": "hunter3"])
        let schema = try JSONSchema(
            #"{"properties": {"url": {"type": "string"}}}"#)
        let accepted = try settings.accepted(by: schema)
        #expect(accepted.value == ["password": "hunter2", "url": "hunter3"])
        var text = "\(settings) \(accepted) \(String(reflecting: [settings]))"
        dump(settings, to: &text)
        dump(accepted, to: &text)
        #expect(!text.contains("hunter"))
    }

    @Test func `a schema tells values, secrets and plain objects apart`() throws {
        let settings = try settings(text, ["URL": "u", "PORT": "80", "TOKEN": "hunter2"])
        let accepted = try settings.accepted(by: JSONSchema(schema))
        #expect(
            accepted.value == [
                "url": "u", "port": 80, "auth": ["token": ["secret": "auth.token"]],
                "tags": ["env": "prod"], "list": ["a", "u"],
            ])
        #expect(accepted.secrets == ["auth.token": Secret("hunter2")])
    }

    @Test func `paths are relative to the configuration, wherever the agent was started`() throws {
        let schema = try JSONSchema(
            """
            {"properties": {
              "one": {"type": "string", "x-path": true}, "text": {"type": "string"},
              "many": {"anyOf": [{"type": "string", "x-path": true},
                                 {"items": {"type": "string", "x-path": true}}]},
              "hidden": {"type": "string", "writeOnly": true, "x-path": true}}}
            """)
        let text = """
            {"plugins": [{"plugin": "X", "settings": {
              "one": {"env": "ONE"}, "text": "a", "many": ["b", "/c", "../d"], "hidden": {"env": "ONE"}}}]}
            """
        for (file, directory) in [("/etc/agent/a.json", "/etc/agent/"), ("a.json", "")] {
            let configuration = try AgentConfiguration.parse(
                Array(text.utf8), file: file, environment: Environment(["ONE": "ca.pem"]))
            let accepted = try #require(configuration.plugins.first).settings.accepted(by: schema)
            #expect(
                accepted.value == [
                    "one": .string(directory + "ca.pem"), "text": "a",
                    "many": [.string(directory + "b"), "/c", .string(directory + "../d")],
                    "hidden": ["secret": "hidden"],
                ])
        }
    }

    @Test func `a variable that is not set leaves a key out where the schema says so`() throws {
        let schema = try JSONSchema(
            """
            {"additionalProperties": false, "required": ["kept"], "properties": {
              "url": {"type": "string", "writeOnly": true, "x-when-unset": "left-out"},
              "kept": {"type": "string", "x-when-unset": "left-out"},
              "guard": {"type": "string"}}}
            """)
        let text = #"{"url": {"env": "URL"}, "kept": {"env": "KEPT"}}"#
        let off = try settings(text, ["KEPT": "k"]).accepted(by: schema)
        #expect(off.value == ["kept": "k"])
        #expect(off.secrets.isEmpty)
        let on = try settings(text, ["URL": "hunter2", "KEPT": "k"]).accepted(by: schema)
        #expect(on.value == ["url": ["secret": "url"], "kept": "k"])

        func problems(_ text: String) throws -> [String]? {
            let error = #expect(throws: ConfigurationErrors.self) {
                try settings(text, [:]).accepted(by: schema)
            }
            return error?.errors.map { "\($0.problem)" }
        }
        #expect(try problems(text)?.count == 1)
        #expect(
            try problems(#"{"kept": "k", "guard": {"env": "GUARD"}}"#)
                == ["the environment variable GUARD is not set"])
        #expect(try problems(#"{"kept": "k", "url": {"file": "/nowhere"}}"#)?.count == 1)
    }

    @Test func `what a reference holds is checked and not shown`() throws {
        let settings = try settings(text, ["PORT": "9001", "TOKEN": "ab"])
        let error = #expect(throws: ConfigurationErrors.self) {
            try settings.accepted(by: JSONSchema(schema))
        }
        #expect(
            error?.errors.map { "\($0.keyPath): \($0.problem)" } == [
                "plugins[0].settings.url: the environment variable URL is not set",
                "plugins[0].settings.port: expected an integer of at most 9000, found the value of the environment variable PORT",
                "plugins[0].settings.auth.token: expected a string of at least 3 characters, found the value of the environment variable TOKEN",
                "plugins[0].settings.list[1]: the environment variable URL is not set",
            ])
    }

    @Test func `a plugin without a schema has no settings`() throws {
        #expect(try settings("{}").accepted(by: nil).value == [:])
        let settings = try settings(#"{"a": 1}"#)
        let error = #expect(throws: ConfigurationErrors.self) { try settings.accepted(by: nil) }
        #expect(
            error?.description
                == "agent.json:1:43: plugins[0].settings.a: no key is accepted here")
    }
}
