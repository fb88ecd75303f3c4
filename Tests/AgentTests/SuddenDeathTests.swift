import Foundation
import TestSupport
import Testing

/// An agent that is killed at any moment leaves nothing behind, and starts again as if it had stopped in order.
struct SuddenDeathTests {
    private static let busy = #"""
        "devices": [ { "id": "box", "site": "lab", "local": { "shell": true } } ],
        "quotas": { "global": 50 },
        "schedules": [
            { "name": "short", "device": "box", "command": "echo short", "every": "100ms" },
            { "name": "loud", "device": "box", "command": "seq 20000", "every": "150ms" },
            { "name": "long", "device": "box", "every": "200ms",
              "command": "echo begun; setsid sleep 300 & trap '' TERM; sleep 300" }
        ],
        """#

    /// The processes of runs, wherever they have moved to.
    private func leftovers(of directory: TemporaryDirectory) async throws -> [String] {
        let ids = try await sqlite(directory, "SELECT id FROM runs").split(separator: "\n")
        let marks = Set(ids.map { "AGENT_RUN_ID=\($0)" })
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
            guard Int32(process) != nil,
                let bytes = FileManager.default.contents(atPath: "/proc/\(process)/environ")
            else { return false }
            return bytes.split(separator: 0).contains {
                marks.contains(String(decoding: $0, as: UTF8.self))
            }
        }
    }

    private func sqlite(_ directory: TemporaryDirectory, _ sql: String) async throws -> String {
        let outcome = try await ChildProcess.run("sqlite3", [directory.path("run/agent.db"), sql])
        #expect(outcome.exit == .code(0), "\(outcome.errors)")
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func `twenty times killed, it leaves no run open, no process and no broken store`()
        async throws
    {
        let directory = try TemporaryDirectory()
        for _ in 0..<20 {
            let automated = try await AutomatedAgent(Self.busy, in: directory)
            // Whatever an earlier agent held is free; what is held is this one's.
            let state = try await automated.get("/v1/quota")
            let totals = try #require(state["totals"] as? AutomatedAgent.Object)
            let active = try #require(
                (state["global"] as? AutomatedAgent.Object)?["active"] as? Int)
            let isBalanced =
                (totals["checked_out"] as? Int) == (totals["checked_in"] as? Int ?? 0) + active
            #expect(isBalanced)
            try await Task.sleep(for: .milliseconds(.random(in: 0...600)))
            automated.agent.process.signal(SIGKILL)
            _ = try await automated.agent.process.wait()
            #expect(try await sqlite(directory, "PRAGMA integrity_check") == "ok")
            try await waitUntil("the processes of its runs to be gone") {
                try await leftovers(of: directory).isEmpty
            }
        }
        let last = try await AutomatedAgent(AutomatedAgent.devices, in: directory)
        let open = try await sqlite(
            directory, "SELECT count(*) FROM runs WHERE status IN ('pending', 'running')")
        #expect(open == "0")
        let closed = try await sqlite(
            directory, "SELECT count(*) FROM runs WHERE reason = 'agent_restarted'")
        #expect(try #require(Int(closed)) > 0)
        #expect(try await last.active() == 0)
        #expect(
            try await last.act("POST", "/v1/runs", #"{"device_id": "box", "command": "true"}"#)
                .status == 201)
    }

    private static func there(_ server: SSHServer) -> String {
        #"""
        "devices": [
            { "id": "there", "site": "lab",
              "ssh": { "host": "127.0.0.1", "port": \#(server.port), "user": "\#(server.user)",
                       "identity_file": "\#(server.identityFile)",
                       "known_hosts": "\#(server.knownHostsFile)", "shell": true,
                       "connect_timeout": "120s" } }
        ],
        """#
    }

    @Test(arguments: ["echo begun; sleep 1000", "trap '' TERM HUP; echo begun; sleep 1000"])
    func `killed in the middle of a run over ssh, it leaves no connection and no command there`(
        command: String
    ) async throws {
        let server = try await SSHServer()
        let directory = try TemporaryDirectory()
        let killed = try await AutomatedAgent(Self.there(server), in: directory)
        let id = try await killed.start(command, on: "there")
        try await waitUntil("the command to have begun") {
            try await sqlite(directory, "SELECT count(*) FROM run_chunks") != "0"
        }
        #expect(try await leftovers(of: directory).isEmpty == false)
        killed.agent.process.signal(SIGKILL)
        _ = try await killed.agent.process.wait()
        #expect(try await sqlite(directory, "PRAGMA integrity_check") == "ok")
        try await waitUntil("the connection to end") { try server.connections().isEmpty }
        try await waitUntil("the command to end") { try await leftovers(of: directory).isEmpty }

        let next = try await AutomatedAgent(Self.there(server), in: directory)
        let run = try await next.get("/v1/runs/\(id)")
        #expect(run["status"] as? String == "error")
        #expect(run["reason"] as? String == "agent_restarted")
        #expect(try await next.active() == 0)
        _ = try await next.run(try await next.start("echo again", on: "there"), until: "ok")
    }
}
