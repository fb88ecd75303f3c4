import Foundation
import TestSupport
import Testing

@testable import PluginHost

struct PluginCheckTests {
    private let check: PluginCheck

    init() {
        var settings = PluginHost.Settings()
        settings.schemaFault = { schema in
            guard let value = try? JSONSerialization.jsonObject(with: Data(schema.utf8)) else {
                return "it is not JSON"
            }
            return (value as? [String: Any])?["type"] is String ? nil : "\"type\" must be a string"
        }
        check = PluginCheck(settings: settings, patience: .seconds(180))
    }

    private func run(_ fixture: String, settings: String = "{}") async throws -> PluginCheckReport {
        let check = check
        return try await onOwnThread {
            check.run(FixtureLibraries.path(fixture), exampleSettings: settings)
        }
    }

    @Test(arguments: [
        "good", "handler-good", "stream-good", "route-good", "service-good", "dashboards-good",
        "poll-good", "counting-v1",
    ])
    func `a good plugin has no fault`(fixture: String) async throws {
        let report = try await run(fixture)
        #expect(!report.isFaulty, "\(report.findings)")
        #expect(report.description != nil)
    }

    @Test(arguments: RefusalTests.sentences.map(\.library))
    func `a plugin the host refuses is faulty, in the same words`(fixture: String) async throws {
        let report = try await run(fixture)
        #expect(report.isFaulty)
        let sentence = try #require(RefusalTests.sentences.first { $0.library == fixture }).sentence
        #expect(report.findings.contains { $0.text.contains(sentence) })
    }

    @Test func `settings that create refuses are told of, with its reason`() async throws {
        let report = try await run("create-fails")
        #expect(!report.isFaulty || report.findings.contains { $0.text.contains("no interface") })
        #expect(report.findings.contains { $0.text.contains("\"number\" must be even") })
    }

    @Test func `an export that never seems to end is a fault, and nothing more is called`()
        async throws
    {
        let impatient = PluginCheck(patience: .milliseconds(200))
        let report = try await onOwnThread {
            impatient.run(
                FixtureLibraries.path("overrun-export"), exampleSettings: "{\"number\":20000}")
        }
        #expect(report.isFaulty)
        #expect(report.findings.contains { $0.text.contains("did not return within") })
    }

    @Test func `an outcome that is none is a fault`() async throws {
        let report = try await run("export-outcome", settings: "{\"number\":17}")
        #expect(
            report.findings.contains {
                $0.severity == .fault && $0.text.contains("says its outcome is 17")
            })
    }

    @Test func `what is missing in a description is a warning`() async throws {
        let report = try await run("counting-v1")
        #expect(
            report.findings.contains {
                $0.severity == .warning && $0.text.contains("describe_event does not document")
            })
    }
}
