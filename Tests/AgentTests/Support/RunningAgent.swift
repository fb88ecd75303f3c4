import Foundation
import TestSupport
import Testing

/// The built agent, running with a configuration of its own in a directory of its own.
final class RunningAgent: Sendable {
    let directory: TemporaryDirectory
    let process: ChildProcess
    let client: HTTPClient
    var port: UInt16 { client.port }

    /// Starts it; returns when it says that it is ready.
    init(
        _ configuration: AgentConfigurationText = AgentConfigurationText(),
        in directory: TemporaryDirectory? = nil, environment: [String: String] = [:]
    ) async throws {
        self.directory = try directory ?? TemporaryDirectory()
        process = try AgentProcess.start(
            configuration, in: self.directory, environment: environment)
        try await process.waitForLine("ready")
        client = HTTPClient(port: try Self.port(after: "health", in: process.errors))
    }

    /// The configuration as it is in a file, which may lie in the directory.
    init(configurationFile: String, in directory: TemporaryDirectory? = nil) async throws {
        self.directory = try directory ?? TemporaryDirectory()
        process = try ChildProcess(agentExecutable, ["run", "--config", configurationFile])
        try await process.waitForLine("ready")
        client = HTTPClient(port: try Self.port(after: "health", in: process.errors))
    }

    var streamSocket: String { directory.path("agent.sock") }
    var datagramSocket: String { directory.path("agent.dgram") }
    var udpPort: UInt16 { get throws { try Self.port(after: "udp", in: process.errors) } }

    /// All samples in text format 0.0.4, by their name with labels.
    func samples() async throws -> [String: Double] {
        let text = try await client.get("/metrics").text
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let blank = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<blank])] = Double(line[line.index(after: blank)...])
        }
        return samples
    }

    /// What the last scrape of an agent that is stopping says: it waits for one once all that it does has come to rest,
    /// and then ends.
    func lastSamples() async throws -> [String: Double] {
        var samples: [String: Double] = [:]
        try await waitUntil("the agent to end") {
            if let last = try? await self.samples() { samples = last }
            return process.ended != nil
        }
        #expect(process.ended == .code(0))
        return samples
    }

    private struct NoPort: Error, CustomStringConvertible {
        let description: String
    }

    /// The port at the end of the address that follows a word of the banner.
    private static func port(after word: String, in banner: String) throws -> UInt16 {
        let line = banner.split(separator: "\n").first { $0.contains(" \(word) ") }
        let address = line?.split(separator: " ").last?.replacing("http://", with: "") ?? ""
        let digits = address.split(separator: ":").last?.prefix(while: \.isNumber) ?? ""
        guard let port = UInt16(digits) else {
            throw NoPort(description: "no port of \(word) in: \(banner)")
        }
        return port
    }
}

/// The built agent, started as a person would.
enum AgentProcess {
    static func start(
        _ configuration: AgentConfigurationText, in directory: TemporaryDirectory,
        environment: [String: String] = [:]
    ) throws -> ChildProcess {
        let file = try directory.write(configuration.text, to: "config.json")
        return try ChildProcess(
            agentExecutable, ["run", "--config", file], environment: environment)
    }

    /// Runs it to its end with these arguments.
    static func run(_ arguments: String..., input: String = "") async throws -> ChildProcess.Outcome
    {
        try await ChildProcess.run(agentExecutable, arguments, input: Array(input.utf8))
    }
}

/// A configuration for a test: everything on ports and in a directory that nobody else uses.
struct AgentConfigurationText {
    var http = #""listen": "127.0.0.1:0", "drain": "0s""#
    var intake = #"""
        "unix_stream": { "path": "agent.sock" },
        "unix_datagram": { "path": "agent.dgram" },
        "udp": { "listen": "127.0.0.1:0" }
        """#
    var plugins = [#"{ "plugin": "Prometheus" }"#]
    var metrics: [String] = []
    /// Further keys beside these, each with a comma behind it.
    var top = ""

    var text: String {
        """
        {
          \(top)
          "http": { \(http) },
          "intake": { \(intake) },
          "plugins": [\(plugins.joined(separator: ",\n"))],
          "metrics": [\(metrics.joined(separator: ",\n"))]
        }
        """
    }
}
