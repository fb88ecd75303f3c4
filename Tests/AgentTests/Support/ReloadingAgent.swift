import Foundation
import TestSupport
import Testing

/// A running agent whose configuration is changed under it.
struct ReloadingAgent: Sendable {
    let agent: RunningAgent

    static let http = #""listen": "127.0.0.1:0", "drain": "0s", "token": "let-me-in-let-me-in""#

    static func text(_ metrics: [String] = [], plugins: [String] = [], top: String = "")
        -> AgentConfigurationText
    {
        var text = AgentConfigurationText(http: http, metrics: metrics)
        text.plugins += plugins
        text.top = top
        return text
    }

    static func counter(_ name: String, on event: String) -> String {
        #"{ "name": "\#(name)", "kind": "counter", "help": "Some.", "event": "\#(event)" }"#
    }

    init(_ text: AgentConfigurationText, in directory: TemporaryDirectory? = nil) async throws {
        agent = try await RunningAgent(text, in: directory)
    }

    func write(_ text: String) throws { try agent.directory.write(text, to: "config.json") }

    /// Asks for a reload of what stands in the file.
    func reload() async throws -> HTTPResponse {
        try await agent.client.request(
            "POST", "/v1/reload", headers: ["Authorization": "Bearer let-me-in-let-me-in"], body: []
        )
    }

    /// Takes this into use; answers the keys of what changed.
    @discardableResult
    func use(_ text: AgentConfigurationText) async throws -> [String] {
        try write(text.text)
        let answer = try await reload()
        #expect(answer.status == 200, "\(answer.text)")
        return try object(answer)["changed"] as? [String] ?? []
    }

    /// Expects this to be refused, and answers why.
    func refused(_ text: String) async throws -> [String] {
        try write(text)
        let answer = try await reload()
        #expect(answer.status == 422, "\(answer.text)")
        return try object(answer)["errors"] as? [String] ?? []
    }

    // MARK: The audit log

    /// The entries of a type, newest first.
    func entries(_ type: String) async throws -> [[String: Any]] {
        let answer = try await agent.client.request(
            "GET", "/v1/audit?type=\(type)",
            headers: ["Authorization": "Bearer let-me-in-let-me-in"])
        return try #require(try object(answer)["entries"] as? [[String: Any]], "\(answer.text)")
    }

    /// The newest entry of a type, which is stored behind the answer to what it tells of.
    func entry(_ type: String) async throws -> [String: Any] {
        try await waitFor("an entry \(type)") {
            try await entries(type).first
        }
    }

    /// Runs a command of the agent's that talks to this one.
    func command(_ arguments: String...) async throws -> ChildProcess.Outcome {
        let token = try agent.directory.write("let-me-in-let-me-in", to: "token")
        try #require(chmod(token, 0o600) == 0)
        return try await ChildProcess.run(
            agentExecutable,
            arguments + ["--address", "127.0.0.1:\(agent.port)", "--token-file", token])
    }

    // MARK: What is in use

    /// The label of `agent_config_hash_info`, of which there is only one.
    func hash() async throws -> String {
        let lines = try await agent.lines("agent_config_hash_info{")
        #expect(lines.count == 1, "\(lines)")
        return lines.first ?? ""
    }

    private func object(_ answer: HTTPResponse) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }
}
