import Foundation
import Telemetry
import Testing

@testable import PluginHost

/// Each bad library is refused with the sentence that helps its author.
struct RefusalTests {
    private static func makeHost() throws -> PluginHost {
        var settings = PluginHost.Settings()
        settings.schemaFault = { schema in
            guard let value = try? JSONSerialization.jsonObject(with: Data(schema.utf8)) else {
                return "it is not JSON"
            }
            let type = (value as? [String: Any])?["type"]
            return type is String ? nil : "\"type\" must be a string"
        }
        return try HostUnderTest(settings).host
    }

    private let host: PluginHost

    init() throws { host = try Self.makeHost() }

    private func refusal(of spec: PluginSpec) -> PluginRefusal? {
        do throws(PluginRefusal) {
            _ = try host.describe(spec)
            return nil
        } catch { return error }
    }

    static let sentences: [(library: String, code: String, sentence: String)] = [
        ("not-elf", "not_a_library", "is not an ELF file"),
        ("truncated", "not_a_library", "is damaged: parts of it lie beyond its end"),
        ("wrong-arch", "not_a_library", "was built for "),
        ("no-note", "no_note", "has no note .note.agent.plugin"),
        ("other-major", "version", "was built for plugin interface 2.0, this agent speaks 1.0"),
        ("newer-minor", "version", "works with no host below 1.99, this agent speaks 1.0"),
        ("missing-symbol", "entry", "does not export the function agent_plugin_entry"),
        ("null-descriptor", "descriptor", "succeeded but gave no descriptor"),
        ("short-size", "descriptor", "says its size is 64 bytes, version 1.0 of it has 136"),
        ("entry-error", "entry", "the licence of this library has run out (code -1)"),
        ("entry-error-no-text", "entry", "failed with code -1042 and no text"),
        (
            "note-lies", "descriptor",
            "promises agent.exporter/1, but get_interface does not know it"
        ),
        ("bad-schema", "definition", "its settings schema cannot be used: it is not JSON"),
        ("schema-not-schema", "definition", "its settings schema cannot be used: \"type\""),
        ("huge-lengths", "definition", "has a length but its data is NULL"),
        ("illegal-metric-name", "definition", "\"faulty_depth-of-queue\" is not a metric name"),
        ("illegal-label", "definition", "\"site-name\" is not a label name"),
        ("huge-text", "definition", "has 1099511627776 bytes; at most 1048576 are read"),
        ("null-text", "definition", "has a length but its data is NULL"),
        ("huge-count", "definition", "has more than 64 labels of metric depth"),
        ("null-list", "definition", "sources of metric depth has a length but its data is NULL"),
        ("endless-metrics", "definition", "has more than 2048 metrics"),
    ]

    @Test(arguments: sentences)
    func `a bad library is refused, and the sentence names the file and the fault`(
        library: String, code: String, sentence: String
    ) throws {
        let refusal = try #require(self.refusal(of: FixtureLibraries.spec(library)))
        #expect(refusal.description.hasPrefix(FixtureLibraries.path(library) + ": "))
        #expect(refusal.description.contains(sentence), "\(refusal)")
        #expect(refusal.code == code)
    }

    @Test func `a wrong hash is refused, the right one accepted in either case`() throws {
        var spec = FixtureLibraries.spec("good")
        let hash = try host.describe(spec).sha256
        #expect(hash.count == 64)
        spec.sha256 = hash.uppercased()
        #expect(refusal(of: spec) == nil)
        spec.sha256 = String(repeating: "0", count: 64)
        #expect(refusal(of: spec)?.reason == .wrongHash(found: hash, expected: spec.sha256 ?? ""))
    }

    @Test func `a library is looked up by name in the directories only`() throws {
        var spec = PluginSpec(
            name: "a", library: PluginLocation(file: "good.so", directories: ["/nowhere"]))
        #expect(refusal(of: spec)?.reason == .notFound(directories: ["/nowhere"]))
        spec.library.directories.append(FixtureLibraries.directory)
        #expect(refusal(of: spec) == nil)
        for name in ["../good.so", "sub/good.so", "", ".", ".."] {
            spec.library.file = name
            #expect(refusal(of: spec)?.reason == .relativePath, "\(name)")
        }
        spec.library.file = "/no/such/file.so"
        #expect(refusal(of: spec)?.reason == .notFound(directories: []))
    }
}
