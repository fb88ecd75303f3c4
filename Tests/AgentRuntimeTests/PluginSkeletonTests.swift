import Foundation
import Glibc
import TestSupport
import Testing

@testable import AgentRuntime

struct PluginSkeletonTests {
    @Test(arguments: ["K", "Kafka", "kafka2", "S3", String(repeating: "a", count: 40)])
    func `a name is a letter, then letters and digits`(name: String) throws {
        for kind in PluginSkeleton.Kind.allCases {
            #expect(try !PluginSkeleton.files(name: name, language: .c, kind: kind).isEmpty)
        }
    }

    @Test(arguments: [
        "", "2nd", "my-plugin", "my_plugin", "a b", "../x", "a/b", "é", "a\n", "\"", "a\0",
        String(repeating: "a", count: 41),
    ])
    func `any other name is refused with the names that would do`(name: String) {
        #expect(throws: PluginSkeletonError.invalidName(name)) {
            try PluginSkeleton.files(name: name, language: .c, kind: .exporter)
        }
        #expect("\(PluginSkeletonError.invalidName(name))".contains("letters or digits"))
    }

    @Test(arguments: ["PluginKit", "CAgentPlugin", "Swift"])
    func `a name that would hide a module is refused`(name: String) {
        #expect(throws: PluginSkeletonError.takenName(name)) {
            try PluginSkeleton.files(name: name, language: .c, kind: .metrics)
        }
    }

    @Test(arguments: PluginSkeleton.Language.allCases, PluginSkeleton.Kind.allCases)
    func `no placeholder is left and every file ends in a newline`(
        language: PluginSkeleton.Language, kind: PluginSkeleton.Kind
    ) throws {
        let files = try PluginSkeleton.files(name: "Kafka", language: language, kind: kind)
        for file in files {
            let placeholder = #/@[A-Z]+@/#
            #expect(!file.contents.contains(placeholder) && !file.path.contains(placeholder))
            #expect(file.contents.hasSuffix("\n") && !file.contents.hasSuffix("\n\n"))
            #expect(!file.path.hasPrefix("/") && !file.path.contains(".."))
        }
        #expect(Set(files.map(\.path)).count == files.count)
        #expect(files.contains { $0.contents.contains("org.example.agent.kafka") })
    }

    @Test(arguments: PluginSkeleton.Kind.allCases)
    func `the C skeleton builds without a warning and shows its note and its entry`(
        kind: PluginSkeleton.Kind
    ) async throws {
        let directory = try TemporaryDirectory()
        for file in try PluginSkeleton.files(name: "Kafka", language: .c, kind: kind) {
            try directory.write(file.contents, to: file.path)
        }
        let headers = "\(repositoryRoot)/Sources/CAgentPlugin/include"
        let built = try await ChildProcess.run(
            "make", ["AGENT_INCLUDE=\(headers)"], directory: directory.path)
        try #require(built.exit == .code(0), "\(built.output + built.errors)")

        try expectPlugin(directory.path("kafka.so"), of: kind)
    }

    @Test(arguments: PluginSkeleton.Kind.allCases)
    func `the Swift skeleton builds against PluginKit without a warning`(
        kind: PluginSkeleton.Kind
    ) async throws {
        let directory = try TemporaryDirectory()
        var sources: [String] = []
        for file in try PluginSkeleton.files(name: "Kafka", language: .swift, kind: kind) {
            let path = try directory.write(file.contents, to: file.path)
            if file.path.hasPrefix("Sources/") { sources.append(path) }
        }
        let kit = "\(builtProductsDirectory)/PluginKit.build"
        let objects = try FileManager.default.contentsOfDirectory(atPath: kit)
            .filter { $0.hasSuffix(".o") }.map { "\(kit)/\($0)" }
        let library = directory.path("libKafka.so")
        let built = try await ChildProcess.run(
            "swiftc",
            [
                "-module-name", "Kafka", "-swift-version", "6", "-warnings-as-errors",
                "-parse-as-library", "-I", "\(builtProductsDirectory)/Modules",
                "-I", "\(repositoryRoot)/Sources/CAgentPlugin/include",
                "-emit-library", "-o", library,
            ] + sources + objects)
        try #require(built.exit == .code(0), "\(built.output + built.errors)")
        try expectPlugin(library, of: kind)
    }

    @Test(arguments: [
        ("../agent", #".package(name: "agent", path: "../agent")"#, "agent"),
        ("/srv/my agent", #".package(name: "agent", path: "/srv/my agent")"#, "agent"),
        (
            "https://example.org/net/metrics-agent.git",
            #".package(url: "https://example.org/net/metrics-agent.git", branch: "main")"#,
            "metrics-agent"
        ),
        (
            "git@example.org:my.github-agent",
            #".package(url: "git@example.org:my.github-agent", branch: "main")"#, "my.github-agent"
        ),
    ])
    func `the Swift manifest asks the agent's package for PluginKit`(
        agentPackage: String, dependency: String, package: String
    ) throws {
        let files = try PluginSkeleton.files(
            name: "Kafka", language: .swift, kind: .metrics, agentPackage: agentPackage)
        let manifest = try #require(files.first { $0.path == "Package.swift" }).contents
        #expect(manifest.contains("dependencies: [\(dependency)],"))
        #expect(manifest.contains(".product(name: \"PluginKit\", package: \"\(package)\")"))
    }

    @Test(arguments: ["", "a\"b", "a\\b", "a\nb", "a\0", "https://", "git@:.git"])
    func `a place that does not fit into a manifest is refused`(agentPackage: String) {
        #expect(throws: PluginSkeletonError.invalidPackage(agentPackage)) {
            try PluginSkeleton.files(
                name: "Kafka", language: .swift, kind: .exporter, agentPackage: agentPackage)
        }
    }

    /// The library has its note, and its entry can be found.
    private func expectPlugin(_ library: String, of kind: PluginSkeleton.Kind) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: library))
        #expect(bytes.range(of: Data(note(kinds: kind == .metrics ? 1 : 2))) != nil)
        let image = dlopen(library, RTLD_NOW | RTLD_LOCAL)
        let found = try #require(image, "\(dlerror().map { String(cString: $0) } ?? "")")
        #expect(dlsym(found, "agent_plugin_entry") != nil)
    }

    /// The bytes that agent/plugin.h asks for, on a little-endian machine.
    private func note(kinds: UInt8) -> [UInt8] {
        [6, 0, 0, 0, 32, 0, 0, 0] + Array("TNGAagent\0\0\0".utf8)
            + [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, kinds, 0, 0, 0]
            + [UInt8](repeating: 0, count: 16)
    }
}
