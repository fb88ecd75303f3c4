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
            #expect(!file.contents.contains("@NAME@") && !file.contents.contains("@SLUG@"))
            #expect(!file.contents.contains("@SUMMARY@"))
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

        let library = directory.path("kafka.so")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: library))
        #expect(bytes.range(of: Data(note(kinds: kind == .metrics ? 1 : 2))) != nil)
        let image = try #require(dlopen(library, RTLD_NOW | RTLD_LOCAL))
        #expect(dlsym(image, "agent_plugin_entry") != nil)
    }

    /// The bytes that agent/plugin.h asks for, on a little-endian machine.
    private func note(kinds: UInt8) -> [UInt8] {
        [6, 0, 0, 0, 32, 0, 0, 0] + Array("TNGAagent\0\0\0".utf8)
            + [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, kinds, 0, 0, 0]
            + [UInt8](repeating: 0, count: 16)
    }
}
