import Foundation
import TestSupport
import Testing

/// The verbs that are neither a run nor a listing.
struct CommandTests {
    private static let counter = #"""
        { "name": "jobs_total", "kind": "sum", "help": "Jobs.", "event": "job.done",
          "measurement": "size", "labels": ["site"] }
        """#

    // MARK: emit

    @Test func `an event is emitted over HTTP, over the socket, and from standard input`()
        async throws
    {
        let agent = try await RunningAgent(AgentConfigurationText(metrics: [Self.counter]))
        let url = ["--url", "http://127.0.0.1:\(agent.port)/"]
        let awkward = #"a b,c=d "e" \ü"#
        let event = ["emit", "job.done", "size=5i", "--tag", "site=\(awkward)"]
        let config = agent.directory.path("config.json")
        for arguments in [
            event + url, event + ["--socket", agent.streamSocket], ["--config", config] + event,
        ] {
            let outcome = try await ChildProcess.run(agentExecutable, arguments)
            #expect(outcome.exit == .code(0), "\(outcome.errors)")
            #expect(outcome.output + outcome.errors == "")
        }
        let piped = try await ChildProcess.run(
            agentExecutable, ["emit"] + url,
            input: Array("job.done,site=x size=1i\njob.done,site=x size=2i\n".utf8))
        #expect(piped.exit == .code(0), "\(piped.errors)")

        let series = #"jobs_total{site="a b,c=d \"e\" \\ü"}"#
        try await waitUntil("the events") { try await agent.samples()[series] == 15 }
        #expect(try await agent.samples()[#"jobs_total{site="x"}"#] == 3)
    }

    @Test func `what the agent refuses is told, and exits with 1`() async throws {
        let agent = try await RunningAgent(AgentConfigurationText(metrics: [Self.counter]))
        let outcome = try await AgentProcess.run(
            "emit", "--url", "http://127.0.0.1:\(agent.port)", input: "job.done size=oops\n")
        #expect(outcome.exit == .code(1))
        #expect(outcome.errors.hasPrefix("the agent answered 400: "))
        #expect(outcome.errors.contains("line 1"))
    }

    @Test(arguments: [
        (["emit", "a", "x=abc"], "expected a number such as 5i or 2.5"),
        (["emit", "a", "--socket", "/nowhere/agent.sock"], "cannot reach an agent at /nowhere"),
        (["emit", "a", "--url", "ftp://x"], "is not an address such as http://127.0.0.1:9568"),
        (["emit", "a", "--url", "http://127.0.0.1:1"], "cannot reach an agent at 127.0.0.1:1"),
        (["emit", "a", "--socket", "/\(String(repeating: "x", count: 200))"], "is too long"),
        (["plugin", "new", "Kafka", "--directory", "/proc"], "cannot write /proc/"),
    ])
    func `what cannot be done is one sentence and exit code 1`(
        arguments: [String], sentence: String
    ) async throws {
        let outcome = try await ChildProcess.run(agentExecutable, arguments)
        #expect(outcome.exit == .code(1))
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }

    // MARK: Usage

    @Test(arguments: [
        ["run"], ["nonsense"], ["--nonsense"], ["--list-metrics", "--check-config", "x"],
        ["--json"], ["--plugin", "x.so"], ["emit", "--tag", "a=b"], ["plugin", "check"],
        ["emit", "a", "--socket", "x", "--url", "y"], ["plugin", "new"], ["plugin", "new", "a b"],
        ["plugin", "new", "Kafka", "--language", "cobol"],
    ])
    func `a wrong command line is told in a few lines, with what is right`(arguments: [String])
        async throws
    {
        let outcome = try await ChildProcess.run(agentExecutable, arguments)
        #expect(outcome.exit == .code(64))
        #expect(outcome.output == "")
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.first?.hasPrefix("Error: ") == true)
        #expect(lines.count <= 10 && outcome.errors.contains("Usage: agent"), "\(outcome.errors)")
    }

    @Test func `help and version are asked for and given`() async throws {
        let version = try await AgentProcess.run("--version")
        #expect(version.exit == .code(0) && version.output == "1.0.0\n")
        for arguments in [
            [], ["--help"], ["help", "emit"], ["plugin"], ["plugin", "check", "-h"],
        ] {
            let outcome = try await ChildProcess.run(agentExecutable, arguments)
            #expect(outcome.exit == .code(0), "\(arguments)")
            #expect(outcome.output.contains("USAGE: agent"), "\(arguments)")
        }
    }

    // MARK: print-schema

    @Test
    func `the schema that is printed accepts the example, and refuses what the agent refuses`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let printed = try await AgentProcess.run("--print-schema")
        #expect(printed.exit == .code(0) && printed.errors == "", "\(printed.errors)")
        let schema = try directory.write(printed.outputBytes, to: "schema.json")
        let good = try await PythonTool.jsonSchemaCheck.run(
            [schema, "\(repositoryRoot)/config.example.json"])
        #expect(good.exit == .code(0), "\(good.output + good.errors)")

        for (name, text) in [
            ("key", #"{ "htp": {} }"#), ("type", #"{ "http": { "listen": 7 } }"#),
            (
                "settings",
                #"{ "plugins": [ { "plugin": "Prometheus", "settings": { "pth": "/x" } } ] }"#
            ),
        ] {
            let file = try directory.write(text, to: "\(name).json")
            let bad = try await PythonTool.jsonSchemaCheck.run([schema, file])
            #expect(bad.exit == .code(1), "\(name)")
            #expect(try await AgentProcess.run("--check-config", file).exit == .code(2), "\(name)")
        }
    }
}
