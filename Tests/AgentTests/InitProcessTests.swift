import Foundation
import Glibc
import TestSupport
import Testing

private let unshared = ["--pid", "--fork", "--kill-child", "--mount-proc"]

/// Not everybody may have processes counted anew.
@Sendable private func canUnshare() async throws -> Bool {
    try await ChildProcess.run("unshare", unshared + ["true"]).exit == .code(0)
}

/// The agent as the first process of a container.
@Suite(.enabled("processes may be counted anew", canUnshare)) struct InitProcessTests {
    private let directory: TemporaryDirectory
    private let port: UInt16

    init() throws {
        directory = try TemporaryDirectory()
        port = try freePort()
    }

    private func start() async throws -> ChildProcess {
        var text = AgentConfigurationText(
            http: "\"listen\": \"127.0.0.1:\(port)\", \"drain\": \"0s\"")
        text.top = AutomatedAgent.devices
        let file = try directory.write(text.text, to: "config.json")
        let process = try ChildProcess(
            "unshare", unshared + [agentExecutable, "run", "--config", file])
        try await process.waitForLine("ready")
        return process
    }

    /// Runs a command to its end and returns what it wrote.
    private func run(_ command: String) async throws -> String {
        let token = try String(contentsOfFile: directory.path("run/agent.token"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let body = try JSONSerialization.data(
            withJSONObject: ["device_id": "box", "command": command])
        let answer = try await HTTPClient(port: port).post(
            "/v1/runs", String(decoding: body, as: UTF8.self),
            headers: ["Authorization": "Bearer \(token)"])
        let id = try #require(
            answer.text.firstMatch(of: /"id":"([0-9a-f-]+)"/)?.1, "\(answer.text)")
        // Which ends with the run.
        let stream = try await HTTPClient(port: port).get("/v1/runs/\(id)/stream")
        #expect(stream.text.contains(#""status":"ok""#), "\(stream.text)")
        return String(decoding: try SentEvents(stream.text).output, as: UTF8.self)
    }

    /// The first process of them.
    private func first(of process: ChildProcess) throws -> Int32 {
        let path = "/proc/\(process.processID)/task/\(process.processID)/children"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try #require(text.split(separator: " ").first.flatMap { Int32($0) })
    }

    @Test func `what its commands leave behind is waited for, and their own ends are not taken`()
        async throws
    {
        let process = try await start()
        for _ in 0..<5 {
            let output = try await run(
                "(sh -c 'sleep 0.05' &); (setsid sleep 0.1 &); (setsid sh -c 'exit 3' &); echo done"
            )
            #expect(output == "done\n")
        }
        try await waitUntil("no process to be left that has ended") {
            try await run("cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z ' || true")
                .trimmingCharacters(in: .whitespacesAndNewlines) == "0"
        }
        kill(try first(of: process), SIGTERM)
        #expect(try await process.wait() == .code(0))
        #expect(process.errors.contains("stopped"))
    }

    @Test func `a hangup reaches the agent, and so does the way it ends`() async throws {
        let process = try await start()
        let first = try first(of: process)
        kill(first, SIGHUP)
        _ = try await process.waitForLine(
            containing: "the configuration was read again and is in use")
        let children = try String(
            contentsOfFile: "/proc/\(first)/task/\(first)/children", encoding: .utf8)
        let agent = try #require(
            children.split(separator: " ").compactMap { Int32($0) }.first {
                (try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)) == "agent\n"
            })
        kill(agent, SIGKILL)
        #expect(try await process.wait() == .code(128 + SIGKILL))
    }
}
