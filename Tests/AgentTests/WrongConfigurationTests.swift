import TestSupport
import Testing

/// What a wrong configuration gets: exit code 2 and every error at once, each with its place.
struct WrongConfigurationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let wrongShape = """
        {
          "http": { "lisen": "127.0.0.1:0", "max_connections": 0 },
          "intake": { "udp": { "listen": "127.0.0.1:99999" } },
          "plugins": [ { "plugin": "Prometheus", "setings": {} } ],
          "metrics": [ { "name": "x-y", "kind": "conter", "help": "x", "event": "a.b" } ]
        }
        """

    @Test(arguments: [["run", "--config"], ["--check-config"], ["--list-metrics", "--config"]])
    func `every wrong key and value is told at once, with place, path and what would do`(
        arguments: [String]
    ) async throws {
        let file = try directory.write(Self.wrongShape, to: "wrong.json")
        let outcome = try await ChildProcess.run(agentExecutable, arguments + [file])
        #expect(outcome.exit == .code(2))
        #expect(outcome.output == "")
        let errors = outcome.errors.split(separator: "\n")
        let expected = [
            #"2:13: http.lisen: unknown key (did you mean "listen"?); accepted are "listen", "token","#,
            "2:56: http.max_connections: expected an integer from 1 to 65535, found the integer 0",
            #"3:34: intake.udp.listen: expected an address such as "127.0.0.1:9568","#,
            #"4:42: plugins[0].setings: unknown key (did you mean "settings"?); accepted are "#,
            #"5:26: metrics[0].name: expected a metric name such as "http_requests_total", found"#,
            #"5:41: metrics[0].kind: expected one of "counter", "sum", "last_value","#,
        ]
        #expect(errors.count == expected.count, "\(outcome.errors)")
        for (error, beginning) in zip(errors, expected) {
            #expect(error.hasPrefix("\(file):\(beginning)"), "\(error)")
        }
    }

    @Test func `a check also tells what only plugins and definitions know, in the file's order`()
        async throws
    {
        try await FixturePlugin.build("no-note", "good", "clashing-metric", in: directory)
        let file = try directory.write(
            """
            {
              "plugins": [
                { "plugin": "Prometheus", "settings": { "gzip_level": "high", "pth": "/metrics" } },
                { "library": "no-note.so" },
                { "plugin": "Nowhere" },
                { "plugin": "Runner", "metrics": { "device_runs": { "drop": true } } },
                { "library": "good.so" },
                { "library": "clashing-metric.so" }
              ],
              "plugin_directories": [".", "\(builtProductsDirectory)"],
              "metrics": [
                { "name": "agent_series", "kind": "last_value", "help": "Clashes.", "event": "a.b",
                  "measurement": "x" },
                { "name": "t_seconds", "kind": "distribution", "help": "No such conversion.",
                  "unit": "seconds", "measurement": "d", "measurement_unit": "byte", "event": "a.b" }
              ]
            }
            """, to: "wrong.json")
        let outcome = try await AgentProcess.run("--check-config", file)
        #expect(outcome.exit == .code(2))
        #expect(outcome.output == "")
        let expected = [
            ("3:59: plugins[0].settings.gzip_level: ", "found the string \"high\""),
            ("3:67: plugins[0].settings.pth: ", "did you mean \"path\"?"),
            ("4:5: plugins[1]: ", "it has no note"),
            ("5:5: plugins[2]: ", "libNowhere.so: not found in the plugin directories"),
            ("6:5: plugins[3]: ", "changes metric \"device_runs\", which the plugin does not"),
            ("8:5: plugins[5]: ", "clashes with \"good_depth\" of good"),
            ("12:5: metrics[0]: ", "clashes with \"agent_series\" of agent"),
            ("14:5: metrics[1]: ", "there is no exact conversion"),
        ]
        let errors = outcome.errors.split(separator: "\n")
        #expect(errors.count == expected.count, "\(outcome.errors)")
        for (error, (place, words)) in zip(errors, expected) {
            #expect(error.hasPrefix("\(file):\(place)") && error.contains(words), "\(error)")
        }
    }

    @Test func `a run refuses wrong settings of a plugin before it opens anything`() async throws {
        let text = AgentConfigurationText(
            plugins: [
                #"{ "plugin": "Prometheus", "settings": { "path": 7 } }"#,
                #"{ "plugin": "Runner", "settings": { "anything": 1 } }"#,
            ])
        let process = try AgentProcess.start(text, in: directory)
        #expect(try await process.wait() == .code(2))
        #expect(process.errors.contains("plugins[0].settings.path: expected"))
        #expect(process.errors.contains("plugins[1].settings.anything: "))
        #expect(process.errors.split(separator: "\n").count == 2, "\(process.errors)")
    }

    @Test(arguments: [
        ("/nowhere/agent.json", "/nowhere/agent.json: cannot be read: No such file or directory\n"),
        ("/", "/: cannot be read: Is a directory\n"),
    ])
    func `a file that cannot be read is one sentence`(file: String, sentence: String) async throws {
        let outcome = try await AgentProcess.run("run", "--config", file)
        #expect(outcome.exit == .code(2))
        #expect(outcome.errors == sentence)
    }

    @Test func `the example configuration is good, and so says its check`() async throws {
        let file = "\(repositoryRoot)/config.example.json"
        let outcome = try await AgentProcess.run("--check-config", file)
        #expect(outcome.exit == .code(0), "\(outcome.errors)")
        #expect(outcome.output == "\(file): good, with 6 plugins and 3 metrics of its own\n")
        #expect(outcome.errors == "")
    }
}
