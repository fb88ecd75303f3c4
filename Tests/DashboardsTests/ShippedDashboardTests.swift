import Foundation
import TestSupport
import Testing

/// The dashboards and alert rules under `Dashboards/`, judged by programs that others wrote.
struct ShippedDashboardTests {
    private static let folder = "\(repositoryRoot)/Dashboards"

    private static func files(in folder: String, ending end: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.hasSuffix(end) }.map { "\(folder)/\($0)" }
    }

    private func check(_ files: [String]) async throws -> ChildProcess.Outcome {
        try await PythonTool.grafanaModelCheck.run(files)
    }

    // MARK: Dashboards

    @Test func `every dashboard is what Grafana's own model says a dashboard is`() async throws {
        let dashboards = try Self.files(in: Self.folder, ending: ".json")
        #expect(dashboards.count >= 6)
        let outcome = try await check(dashboards)
        #expect(outcome.exit == .code(0), "\(outcome.errors)")
    }

    @Test func `what Grafana does not know is found`() async throws {
        let text = try String(contentsOfFile: "\(Self.folder)/quota.json", encoding: .utf8)
        let directory = try TemporaryDirectory()
        let mistakes = [
            (#""schemaVersion": 41"#, #""schemaVersion": "41""#, "schema_version: '41' is no int"),
            (#""uid": "agent-quota""#, #""uid": "q", "rows": []"#, "rows: the model does not know"),
            (#""uid": "agent-quota""#, #""uid": "q", "id": null"#, "id: the model does not know"),
            (#""drawStyle": "line""#, #""drawStyle": "lines""#, "'lines' is none of"),
            (#""mode": "multi""#, #""mode": "many""#, "'many' is none of"),
            (#""graphMode": "area""#, #""graphMood": "area""#, "options.graphMood"),
            (#""editorMode": "#, #""editorMood": "#, "targets.[].editorMood"),
            (#""range": true"#, #""range": "true""#, "'true' is no bool"),
        ]
        let files = try mistakes.enumerated().map { number, mistake in
            #expect(text.contains(mistake.0), "\(mistake.0)")
            return try directory.write(
                text.replacing(mistake.0, with: mistake.1, maxReplacements: 1),
                to: "\(number).json")
        }
        let outcome = try await check(files)
        #expect(outcome.exit == .code(1))
        for (file, mistake) in zip(files, mistakes) {
            let said = outcome.errors.split(separator: "\n").filter { $0.hasPrefix(file) }
            #expect(said.contains { $0.contains(mistake.2) }, "\(mistake.1): \(said)")
        }
    }

    // MARK: Alert rules

    @Test func `Prometheus accepts every rule file`() async throws {
        let files = try Self.files(in: "\(Self.folder)/alerts", ending: ".rules.yml")
        #expect(files.count >= 5)
        let outcome = try await ChildProcess.run(
            "promtool", ["check", "rules", "--lint=all", "--lint-fatal"] + files)
        #expect(outcome.exit == .code(0), "\(outcome.output)\(outcome.errors)")
    }

    @Test func `every alert wakes when it should, and not before`() async throws {
        let tests = try Self.files(
            in: "\(repositoryRoot)/Tests/Fixtures/alerts", ending: ".test.yml")
        let outcome = try await ChildProcess.run("promtool", ["test", "rules"] + tests)
        #expect(outcome.exit == .code(0), "\(outcome.output)\(outcome.errors)")

        let tested = try tests.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
        for file in try Self.files(in: "\(Self.folder)/alerts", ending: ".rules.yml") {
            let rules = try String(contentsOfFile: file, encoding: .utf8)
            for rule in rules.split(separator: "\n") where rule.contains("- alert: ") {
                let name = rule.split(separator: " ").last ?? ""
                #expect(tested.contains("alertname: \(name)\n        exp_alerts: []"), "\(name)")
                #expect(tested.contains("alertname: \(name)\n        exp_alerts:\n"), "\(name)")
            }
        }
    }
}
