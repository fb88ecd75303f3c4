import Foundation
import Glibc
import TestSupport
import Testing

/// The agent's end: nothing that has arrived is lost, and nothing is left behind.
struct ShutdownTests {
    private static let counter = #"""
        { "name": "jobs_total", "kind": "counter", "help": "Jobs.", "event": "job.done" }
        """#

    @Test(arguments: [SIGTERM, SIGINT])
    func `what has arrived is in the last scrape, and then the agent ends with 0`(signal: Int32)
        async throws
    {
        // Longer than the test waits: it is the scrape that ends it, not the time.
        let agent = try await RunningAgent(
            AgentConfigurationText(
                http: #""listen": "127.0.0.1:0", "drain": "300s""#, metrics: [Self.counter]))
        let connection = try Connection(unix: agent.streamSocket)
        try connection.send("job.done count=1i\n")
        try await waitUntil("the first event") { try await agent.samples()["jobs_total"] == 1 }

        try connection.send(String(repeating: "job.done count=1i\n", count: 2000))
        agent.process.signal(signal)
        try await waitUntil("the agent to drain") {
            try await agent.client.get("/health/ready").status == 503
        }
        #expect(try await agent.client.get("/health").status == 200)
        #expect(try await agent.lastSamples()["jobs_total"] == 2001)
        let left = try FileManager.default.contentsOfDirectory(atPath: agent.directory.path)
        #expect(left == ["config.json"])
    }

    @Test func `without a last scrape it ends all the same`() async throws {
        let agent = try await RunningAgent()
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(agent.process.errors.contains("stopped"))
    }

    @Test
    func `clients that neither ask nor take their answer do not keep it from ending in order`()
        async throws
    {
        let directory = try TemporaryDirectory()
        try await FixturePlugin.build("route-good", in: directory)
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [
                #"{ "library": "./route-good.so", "settings": { "number": 268435456 } }"#
            ]), in: directory)
        let slow = try await StandingClient.reading("/fixture/large", port: agent.port)
        let mute = try StandingClient(
            port: agent.port,
            sending: "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(agent.process.errors.contains("stopped"), "\(agent.process.errors)")
        withExtendedLifetime((slow, mute)) {}
    }

    @Test func `a socket that is no longer its own is not removed`() async throws {
        let agent = try await RunningAgent()
        try FileManager.default.removeItem(atPath: agent.streamSocket)
        try agent.directory.write("something else", to: "agent.sock")
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(FileManager.default.fileExists(atPath: agent.streamSocket))
    }

    @Test(arguments: [SIGPIPE, SIGHUP, SIGXFSZ])
    func `a signal that ends other programs does no harm`(signal: Int32) async throws {
        let agent = try await RunningAgent(AgentConfigurationText(metrics: [Self.counter]))
        agent.process.signal(signal)
        try Connection(unix: agent.streamSocket).send("job.done count=1i\n")
        try await waitUntil("the event") { try await agent.samples()["jobs_total"] == 1 }
        #expect(agent.process.ended == nil)
    }
}
