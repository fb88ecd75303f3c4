import Foundation
import TestSupport
import Testing

/// What is shipped for those who run the agent as a service, held against those who read it.
struct PackagingTests {
    private static let packaging = "\(repositoryRoot)/packaging"

    @Test func `systemd accepts the unit`() async throws {
        let directory = try TemporaryDirectory()
        // Verified where the agent is not installed.
        let unit = try String(
            contentsOfFile: "\(Self.packaging)/systemd/agent.service", encoding: .utf8)
        #expect(unit.contains("ExecStart=/usr/bin/agent run --config /etc/agent/agent.json\n"))
        let file = try directory.write(
            unit.replacing("/usr/bin/agent", with: agentExecutable), to: "agent.service")
        let verified = try await ChildProcess.run("systemd-analyze", ["verify", file])
        #expect(verified.exit == .code(0))
        #expect(!verified.errors.contains("agent.service"), "\(verified.errors)")
    }

    @Test func `the manifests fit together, and the agent accepts their configuration`()
        async throws
    {
        let checked = try await PythonTool.kubernetesCheck.run([
            "\(Self.packaging)/kubernetes/agent.yaml"
        ])
        #expect(checked.exit == .code(0), "\(checked.errors)")
        let directory = try TemporaryDirectory()
        let file = try directory.write(checked.outputBytes, to: "agent.json")
        let outcome = try await AgentProcess.run("--check-config", file)
        #expect(outcome.exit == .code(0), "\(outcome.errors)")
    }
}
