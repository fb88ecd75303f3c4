import Foundation
import TestSupport
import Testing

/// A running agent with devices, and what it takes to act on it.
struct AutomatedAgent: Sendable {
    let agent: RunningAgent
    let token: String

    static let devices = #"""
        "devices": [
            { "id": "box", "site": "lab", "local": { "shell": true } },
            { "id": "strict", "site": "edge", "commands": ["echo **", "sleep *"] }
        ],
        "quotas": { "global": 4, "sites": { "lab": 2 } },
        "runs": { "kill_grace": "1s", "drain": "0s" },
        """#

    /// - Parameters:
    ///   - top: sections beside `http` and the others, each with a comma behind it
    ///   - plugins: beside those that every agent here has
    ///   - host: the address it listens on
    init(
        _ top: String = devices, intake: String = "", plugins: [String] = [],
        metrics: [String] = [], in directory: TemporaryDirectory? = nil,
        environment: [String: String] = [:], host: String = "127.0.0.1", port: UInt16 = 0
    ) async throws {
        var text = AgentConfigurationText(
            http: #""listen": "\#(host):\#(port)", "drain": "0s""#, intake: intake)
        text.top = top
        text.plugins =
            ["Runner", "Quota", "Database", "Prometheus"].map { "{ \"plugin\": \"\($0)\" }" }
            + plugins
        text.metrics = metrics
        agent = try await RunningAgent(text, in: directory, environment: environment)
        token = try String(contentsOfFile: agent.directory.path("run/agent.token"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    var configurationFile: String { agent.directory.path("config.json") }

    // MARK: HTTP

    typealias Object = [String: Any]

    func object(_ response: HTTPResponse) throws -> Object {
        try #require(
            try JSONSerialization.jsonObject(with: Data(response.body)) as? Object,
            "\(response.text)")
    }

    func get(_ path: String) async throws -> Object {
        try object(try await agent.client.get(path))
    }

    /// Acts, with the token.
    func act(_ method: String, _ path: String, _ body: String = "") async throws -> HTTPResponse {
        try await agent.client.request(
            method, path, headers: ["Authorization": "Bearer \(token)"], body: Array(body.utf8))
    }

    /// Starts a run and returns its id.
    func start(_ command: String, on device: String = "box") async throws -> String {
        let body = try JSONSerialization.data(
            withJSONObject: ["device_id": device, "command": command])
        let answer = try await act("POST", "/v1/runs", String(decoding: body, as: UTF8.self))
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(try object(answer)["id"] as? String)
    }

    /// The run once it is so.
    func run(_ id: String, until status: String...) async throws -> Object {
        try await waitFor("run \(id) to be \(status)") {
            let run = try await get("/v1/runs/\(id)")
            return status.contains(run["status"] as? String ?? "") ? run : nil
        }
    }

    func runCount() async throws -> Int {
        try #require(try await get("/v1/runs?limit=1000")["runs"] as? [Any]).count
    }

    /// How many places of the quota are taken.
    func active() async throws -> Int {
        let global = try await get("/v1/quota")["global"] as? Object
        return try #require(global?["active"] as? Int)
    }

    // MARK: The command line

    /// Another program that has locked the store for as long as it runs.
    func lockStore() async throws -> ChildProcess {
        let neighbour = try ChildProcess(
            "sqlite3", [agent.directory.path("run/agent.db")],
            // The command ends with the program, not with the test.
            input: Array(
                """
                .timeout 60000
                BEGIN IMMEDIATE;
                .print locked
                .shell exec tail -f --pid=$PPID /dev/null

                """.utf8))
        _ = try await neighbour.waitForLine(containing: "locked", in: .output)
        return neighbour
    }

    /// Runs a command of the agent's that talks to this one.
    func command(_ arguments: String..., directory: String? = nil) async throws
        -> ChildProcess.Outcome
    {
        try await ChildProcess.run(
            agentExecutable, arguments + target, directory: directory)
    }

    /// What comes before `--`, the command behind it.
    func command(_ arguments: [String], behind: [String]) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(agentExecutable, arguments + target + ["--"] + behind)
    }

    var target: [String] {
        [
            "--address", "127.0.0.1:\(agent.port)", "--token-file",
            agent.directory.path("run/agent.token"),
        ]
    }
}

/// The events of an answer that goes on, as they were sent.
struct SentEvents {
    struct Event: Equatable {
        var id: String?
        var name = ""
        var data = ""
    }

    private(set) var events: [Event] = []

    init(_ events: Event...) { self.events = events }

    init(_ text: String) {
        for block in text.components(separatedBy: "\n\n") {
            var event = Event()
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                let value = parts.count > 1 ? String(parts[1].dropFirst()) : ""
                switch parts.first {
                case "id": event.id = value
                case "event": event.name = value
                case "data": event.data = value
                default: break
                }
            }
            if !event.name.isEmpty { events.append(event) }
        }
    }

    /// The output that the chunks among them hold.
    var output: [UInt8] {
        get throws {
            try events.filter { $0.name == "chunk" }.flatMap { event -> [UInt8] in
                let chunk = try JSONSerialization.jsonObject(with: Data(event.data.utf8))
                let object = chunk as? [String: Any] ?? [:]
                if let text = object["text"] as? String { return Array(text.utf8) }
                return Array(Data(base64Encoded: object["base64"] as? String ?? "") ?? Data())
            }
        }
    }
}
