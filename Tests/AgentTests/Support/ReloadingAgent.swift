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

    init(_ text: AgentConfigurationText) async throws { agent = try await RunningAgent(text) }

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
