import Foundation
import TestSupport
import Testing

/// `agent plugin`: beginning a plugin and checking one.
struct PluginCommandTests {
    private static let headers = "AGENT_INCLUDE=\(repositoryRoot)/Sources/CAgentPlugin/include"
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func `a good plugin passes its check, with what might be better`() async throws {
        try await FixturePlugin.build("good", in: directory)
        let outcome = try await AgentProcess.run("plugin", "check", directory.path("good.so"))
        #expect(outcome.exit == .code(0))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "Good 1.0.0 (org.example.fixture.good): metrics, exporter")
        #expect(lines.last?.hasSuffix("good.so: good") == true)
        #expect(outcome.errors == "")
    }

    @Test(arguments: [
        ("no-note", "fault: "), ("truncated", "fault: "), ("entry-error", "fault: "),
        ("schema-not-schema", "fault: "), ("illegal-metric-name", "fault: "),
    ])
    func `a plugin that would be refused fails its check`(fixture: String, beginning: String)
        async throws
    {
        try await FixturePlugin.build(fixture, in: directory)
        let outcome = try await ChildProcess.run(
            agentExecutable, ["plugin", "check", "\(fixture).so"], directory: directory.path)
        #expect(outcome.exit == .code(1))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix(beginning) }, "\(outcome.output)")
        #expect(lines.last == "\(fixture).so: to be mended")
    }

    @Test func `settings a plugin needs are told of, and can be given`() async throws {
        try await FixturePlugin.build("create-fails", in: directory)
        let file = directory.path("create-fails.so")
        let without = try await AgentProcess.run("plugin", "check", file)
        #expect(without.output.contains("create refuses the settings {}"), "\(without.output)")
        let with = try await AgentProcess.run(
            "plugin", "check", file, "--settings", #"{"number":2}"#)
        #expect(with.output.contains(#"{"number":2}"#), "\(with.output)")
    }

    @Test(arguments: ["exporter", "metrics"])
    func `a new plugin in C is built by its Makefile, passes its check and runs`(kind: String)
        async throws
    {
        let place = directory.path("kafka")
        let new = try await AgentProcess.run(
            "plugin", "new", "Kafka", "--kind", kind, "--directory", place)
        #expect(new.exit == .code(0), "\(new.errors)")
        for file in new.output.split(separator: "\n") {
            #expect(FileManager.default.fileExists(atPath: String(file)), "\(file)")
        }
        let made = try await ChildProcess.run("make", [Self.headers], directory: place)
        #expect(made.exit == .code(0), "\(made.errors)")
        let library = "\(place)/kafka.so"
        let check = try await AgentProcess.run("plugin", "check", library)
        #expect(check.exit == .code(0) && !check.output.contains("fault"), "\(check.output)")
        let listed = try await AgentProcess.run("--list-plugins", "--plugin", library)
        #expect(listed.exit == .code(0) && listed.output.contains("usable"), "\(listed.errors)")
        try await followReadme(in: place)

        let again = try await AgentProcess.run("plugin", "new", "Kafka", "--directory", place)
        #expect(again.exit == .code(1))
        #expect(again.errors.contains("is there already; nothing is overwritten"))
    }

    /// What its README says, in its directory, to the letter: the agent's commands, of which the last one runs it.
    private func followReadme(in place: String) async throws {
        let readme = try String(contentsOfFile: "\(place)/README.md", encoding: .utf8)
        var commands = readme.split(separator: "\n").filter { $0.hasPrefix("    agent ") }
            .map { $0.split(separator: " ").dropFirst().map(String.init) }
        #expect(commands.count == 3 && commands.last?.first == "run")
        let run = commands.removeLast()
        for arguments in commands + [["--check-config", "config.json"]] {
            let outcome = try await ChildProcess.run(agentExecutable, arguments, directory: place)
            #expect(outcome.exit == .code(0), "\(arguments): \(outcome.output)\(outcome.errors)")
        }
        // On a port that nobody else has.
        let configuration = "\(place)/config.json"
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try text.replacing(
            "{\n  \"plugins\"", with: "{ \"http\": { \"listen\": \"127.0.0.1:0\" }, \"plugins\""
        )
        .write(toFile: configuration, atomically: true, encoding: .utf8)
        let agent = try ChildProcess(agentExecutable, run, directory: place)
        try await agent.waitForLine("ready")
        #expect(agent.errors.contains("  plugin    kafka: Kafka "), "\(agent.errors)")
        agent.signal(SIGTERM)
        #expect(try await agent.wait() == .code(0))
    }

    @Test(arguments: ["exporter", "metrics"])
    func `a new plugin in Swift names every file it writes, and overwrites none`(kind: String)
        async throws
    {
        let new = try await newSwiftPlugin(kind, in: directory.path("kafka"))
        #expect(new.exit == .code(0), "\(new.errors)")
        for file in new.output.split(separator: "\n") {
            #expect(FileManager.default.fileExists(atPath: String(file)), "\(file)")
        }
        let again = try await newSwiftPlugin(kind, in: directory.path("kafka"))
        #expect(again.exit == .code(1))
        #expect(again.errors.contains("is there already; nothing is overwritten"))
    }

    @Test func `a new plugin in Swift is built by swift build, and passes its check`()
        async throws
    {
        // Always the same place, so that its build need not begin anew.
        let place = "\(builtProductsDirectory)/new-swift-plugin-sources"
        try? FileManager.default.removeItem(atPath: place)
        let new = try await newSwiftPlugin("exporter", in: place)
        #expect(new.exit == .code(0), "\(new.errors)")
        let package = SwiftPackage(place, name: "new-swift-plugin")
        let built = try await package.build()
        #expect(built.exit == .code(0), "\(built.output)\(built.errors)")
        let check = try await AgentProcess.run("plugin", "check", package.library("Kafka"))
        #expect(check.exit == .code(0) && !check.output.contains("fault"), "\(check.output)")
        // Where a release build would have left it.
        let library = URL(fileURLWithPath: package.library("Kafka"))
        try FileManager.default.createDirectory(
            atPath: "\(place)/.build", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(place)/.build/release",
            withDestinationPath: library.deletingLastPathComponent().path)
        try await followReadme(in: place)
    }

    private func newSwiftPlugin(
        _ kind: String, in place: String
    ) async throws -> ChildProcess.Outcome {
        try await AgentProcess.run(
            "plugin", "new", "Kafka", "--language", "swift", "--kind", kind, "--directory", place,
            "--agent-package", repositoryRoot)
    }
}
