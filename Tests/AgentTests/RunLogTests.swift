import Foundation
import TestSupport
import Testing

/// What the log of a running agent says of runs, plugins and queries.
@Suite(.serialized) struct RunLogTests {
    private static let log = #"""
        "log": { "format": "json", "level": "warning", "levels": { "agent.runs": "debug" } },
        "handlers": { "queries": { "slow_query": "1us" } },
        """#

    /// The lines that are JSON with this message, as they are at the time.
    private func lines(_ message: String, of agent: RunningAgent) throws -> [AutomatedAgent.Object]
    {
        try agent.process.errors.split(separator: "\n")
            .filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
            .compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? AutomatedAgent.Object
            }
            .filter { $0["message"] as? String == message }
    }

    @Test func `a run that fails leaves its program's traceback in one field, without secrets`()
        async throws
    {
        let automated = try await AutomatedAgent(AutomatedAgent.devices + Self.log)
        let program =
            "import json, sys\nprint('before')\nsys.stdout.flush()\n"
            + "json.loads('postgres://u:s3cretpw@h/db')\n"
        let file = try automated.agent.directory.write(program, to: "broken.py")
        let id = try await automated.start("python3 \(file) --password hunter22")
        let failed = try await waitFor("the message") {
            try lines("run failed", of: automated.agent).first
        }
        #expect(failed["log.level"] as? String == "warning")
        #expect(failed["log.logger"] as? String == "agent.runs")
        #expect(failed["error.message"] as? String == "the command ended with exit code 1")
        let trace = try #require(failed["error.stack_trace"] as? String)
        #expect(trace.hasPrefix("Traceback (most recent call last):\n  File "), "\(trace)")
        #expect(trace.contains("json.decoder.JSONDecodeError: ") && !trace.contains("before"))
        let labels = try #require(failed["labels"] as? [String: String])
        #expect(labels["run_id"] == id && labels["device_id"] == "box" && labels["site"] == "lab")
        #expect(labels["status"] == "error" && labels["exit_code"] == "1")
        #expect(labels["command"]?.hasSuffix("broken.py --password [redacted]") == true)
        #expect((labels["duration_seconds"].flatMap(Double.init) ?? 0) > 0)
        let run = try await automated.get("/v1/runs/\(id)")
        #expect(labels["correlation_id"] == run["correlation_id"] as? String)
        for secret in ["hunter22", "s3cretpw"] {
            #expect(!automated.agent.process.errors.contains(secret))
        }
        for message in ["run created", "run started"] {
            let line = try #require(try lines(message, of: automated.agent).first)
            #expect((line["labels"] as? [String: String])?["run_id"] == id)
        }
        let slow = try #require(try lines("slow query", of: automated.agent).first)
        #expect((slow["labels"] as? [String: String])?["statement"]?.isEmpty == false)
    }

    @Test func `a run that cannot be started says so as an error`() async throws {
        let automated = try await AutomatedAgent(
            #"""
            "devices": [{ "id": "strict", "site": "edge" }], "runs": { "drain": "0s" },
            """# + Self.log)
        _ = try await automated.start("/no/such/program", on: "strict")
        let line = try await waitFor("the message") {
            try lines("run could not be carried out", of: automated.agent).first
        }
        #expect(line["log.level"] as? String == "error")
        #expect((line["error.message"] as? String)?.contains("/no/such/program") == true)
    }

    @Test func `a plugin that is refused is told of once, and a detached handler says nothing`()
        async throws
    {
        for isAttached in [true, false] {
            var text = AgentConfigurationText()
            text.top = Self.log.replacing(
                "\"handlers\": {",
                with: "\"handlers\": { \"plugins\": { \"attached\": \(isAttached) },")
            text.plugins.append(#"{ "name": "bad", "library": "/no/such.so" }"#)
            let agent = try await RunningAgent(text)
            agent.process.terminate()
            try await agent.process.wait()
            let said = agent.process.errors.split(separator: "\n").filter {
                $0.hasPrefix("{") && $0.contains("/no/such.so")
            }
            #expect(said.count == (isAttached ? 1 : 0), "\(agent.process.errors)")
        }
    }
}
