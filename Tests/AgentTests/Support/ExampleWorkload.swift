import Foundation
import TestSupport
import Testing

/// The example configuration on ports of its own, and what is sent to an agent that runs with it.
struct ExampleWorkload {
    /// Where `config.json` is: the example, and beside it what makes single faults easy to provoke.
    let directory: TemporaryDirectory
    /// Takes what one exporter sends.
    private let receiver: ChildProcess
    private let fixtures = "\(repositoryRoot)/Tests/Fixtures/workload"

    init() throws {
        let port = try freePort(.udp)
        receiver = try ChildProcess("socat", ["-u", "UDP-RECV:\(port)", "OPEN:/dev/null"])
        directory = try TemporaryDirectory()
        let example = try Data(
            contentsOf: URL(fileURLWithPath: "\(repositoryRoot)/config.example.json"))
        var top = try JSONSerialization.jsonObject(with: example) as? [String: Any] ?? [:]
        // The example is healthy; here some of its runs fail.
        let schedules = top["schedules"] as? [[String: Any]] ?? []
        #expect(!schedules.isEmpty)
        top["schedules"] =
            schedules + [
                ["name": "failing", "device": "lab-1", "command": "exit 3", "every": "5s"]
            ]
        top["http"] = ["listen": "127.0.0.1:0", "drain": "0s"]
        top["intake"] = ["unix_stream": ["path": "agent.sock"], "limits": ["connections": 1]]
        top["series"] = ["tick": "1s"]
        let plugins = (top["plugins"] as? [[String: Any]] ?? []).filter {
            $0["plugin"] as? String != "Runner"
        }
        top["plugins"] =
            plugins + [
                ["plugin": "Runner", "metrics": ["device_runs_total": ["max_series": 3]]],
                Self.exporter("taken", "udp", "127.0.0.1:\(port)"),
                // Nobody listens there.
                Self.exporter("away", "tcp", "127.0.0.1:1"),
            ]
        let data = try JSONSerialization.data(withJSONObject: top)
        try directory.write(Array(data), to: "config.json")
    }

    private static func exporter(
        _ name: String, _ transport: String, _ address: String
    ) -> [String: Any] {
        [
            "plugin": "StatsD", "name": name, "interval": "1s",
            "settings": ["transport": transport, "address": address],
        ]
    }

    /// Sends files once; of what stands in "faults" a part is to be refused.
    func send(_ files: [String], to agent: RunningAgent) async throws {
        for file in files {
            let events = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/\(file).jsonl"))
            let answer = try await agent.client.request("POST", "/v1/events", body: Array(events))
            #expect(answer.status == (file == "faults" ? 400 : 200), "\(answer.text)")
        }
        guard files.contains("faults") else { return }
        // One connection is allowed; those beyond are dropped.
        let connections = try (0..<3).map { _ in try Connection(unix: agent.streamSocket) }
        withExtendedLifetime(connections) {}
    }
}
