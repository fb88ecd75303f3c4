import Telemetry
import TestSupport
import Testing

@testable import PluginHost

/// Libraries that would end or stop the process that loads them are refused, and nothing else is.
struct LibraryTrialTests {
    private static func settings(_ patience: Duration) -> PluginHost.Settings {
        var settings = PluginHost.Settings()
        settings.trial = LibraryTrial(executable: agentExecutable, patience: patience)
        return settings
    }

    private static func reason(
        _ library: String, patience: Duration = .seconds(60)
    ) async throws -> PluginRefusal? {
        let host = try HostUnderTest(settings(patience)).host
        return try await onOwnThread {
            do throws(PluginRefusal) {
                _ = try host.describe(FixtureLibraries.spec(library))
                return nil
            } catch {
                return error
            }
        }
    }

    @Test(arguments: [
        (
            "exit-in-constructor", "exit",
            "ended the process it is tried in first while its initialisers ran, with exit code 0"
        ),
        ("abort-in-constructor", "crash", "crashed while its initialisers ran with SIGABRT"),
        ("exit-in-entry", "exit", "in agent_plugin_entry, with exit code 0"),
        ("memory-in-entry", "crash", "crashed in agent_plugin_entry with SIG"),
        ("entry-error", "entry", "the licence of this library has run out (code -1)"),
    ])
    func `one that ends its process is refused, and the sentence says where and how`(
        library: String, code: String, sentence: String
    ) async throws {
        let refusal = try #require(await Self.reason(library))
        #expect(refusal.code == code)
        #expect(refusal.description.hasPrefix(FixtureLibraries.path(library) + ": "))
        #expect(refusal.description.contains(sentence), "\(refusal)")
    }

    @Test func `one whose end was never written ends no process that wants it`() async throws {
        #expect(try await Self.reason("zero-tail") != nil)
    }

    @Test(arguments: [
        ("hang-in-constructor", "did not come back within 1 s while its initialisers ran"),
        ("hang-in-entry", "did not come back within 1 s in agent_plugin_entry"),
    ])
    func `one that does not come back is refused`(library: String, sentence: String) async throws {
        let refusal = try #require(await Self.reason(library, patience: .seconds(1)))
        #expect(refusal.code == "hang")
        #expect(refusal.description.contains(sentence), "\(refusal)")
    }

    @Test func `a bad one beside good ones is the only one refused`() async throws {
        let host = try HostUnderTest(Self.settings(.seconds(60))).host
        let names = ["poll-good", "abort-in-constructor", "good", "good", "exit-in-entry"]
        let refused = try await onOwnThread {
            host.describe(names.map { FixtureLibraries.spec($0) }).map { outcome in
                (try? outcome.get()) == nil
            }
        }
        #expect(refused == [false, true, false, false, true])
    }

    @Test func `where no process can be had, libraries are loaded untried, and that is told`()
        async throws
    {
        var settings = PluginHost.Settings()
        settings.trial = LibraryTrial(executable: "/no/such/program")
        let agent = try HostUnderTest(settings)
        // Bytes of its own, so that no other test has had them tried.
        try await onOwnThread { [host = agent.host] in
            _ = try host.describe(FixtureLibraries.spec("hang-in-stop"))
        }
        #expect(
            agent.messages.all.contains { $0.contains("without having been tried") },
            "\(agent.messages.all)")
    }

    @Test(arguments: [
        TrialVerdict.good, .refused(code: "entry", text: "no licence (code -1)"),
        .crashed(.loading, signal: 11), .exited(.entry, code: 0), .hung(.describing),
    ])
    func `a verdict is read as it was written`(verdict: TrialVerdict) {
        #expect(TrialVerdict(line: verdict.line) == verdict)
    }
}
