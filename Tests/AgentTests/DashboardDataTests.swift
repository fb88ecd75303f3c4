import Foundation
import TestSupport
import Testing

/// Every query of every shipped dashboard and alert rule finds data in a real Prometheus that scrapes the agent
/// while it does what its example configuration says.
struct DashboardDataTests {
    @Test func `every query returns data, in health or where its panel says why not`() async throws
    {
        let workload = try ExampleWorkload()
        let agent = try await RunningAgent(
            configurationFile: workload.directory.path("config.json"), in: workload.directory)
        let prometheus = try await PrometheusServer(scraping: agent.port)
        let queries = try await ShippedQueries(agent)
        #expect(queries.all.count > 150 && queries.all.contains { !$0.isEmptyInHealth })

        let healthy = queries.all.filter { !$0.isEmptyInHealth }
        try await expectData(of: healthy, prometheus, while: agent, gets: ["pages"], of: workload)
        // What is empty in health because nothing has gone wrong is there once something has.
        let others = queries.all.filter(\.isEmptyInHealth)
        try await expectData(
            of: others, prometheus, while: agent, gets: ["pages", "faults"], of: workload)
    }

    /// Sends the workload over and over until each query has returned a number once.
    private func expectData(
        of queries: [ShippedQueries.Query], _ prometheus: PrometheusServer,
        while agent: RunningAgent, gets files: [String], of workload: ExampleWorkload
    ) async throws {
        var pending = queries
        do {
            try await waitUntil("data", deadline: .seconds(240)) {
                try await workload.send(files, to: agent)
                var empty: [ShippedQueries.Query] = []
                for query in pending {
                    let samples = try await prometheus.query(query.expression)
                    if !samples.contains(where: { !$0.value.isNaN }) { empty.append(query) }
                }
                pending = empty
                return pending.isEmpty
            }
        } catch is DeadlinePassed {
            for query in pending { Issue.record("no data: \(query)") }
        }
    }
}

/// The queries of what lies under `Dashboards/`, as the agent fits them to its configuration.
struct ShippedQueries {
    struct Query: CustomStringConvertible {
        let place: String
        let expression: String
        /// The panel or rule says that there is nothing to see while nothing goes wrong, and why.
        let isEmptyInHealth: Bool
        var description: String { "\(place): \(expression)" }
    }

    let all: [Query]

    init(_ agent: RunningAgent) async throws {
        let folder = "\(repositoryRoot)/Dashboards"
        let outcome = try await AgentProcess.run(
            "dashboards", "export", folder, "--queries", "--config",
            agent.directory.path("config.json"))
        #expect(outcome.exit == .code(0), "\(outcome.errors)")
        let rows = try JSONSerialization.jsonObject(with: Data(outcome.outputBytes))
        let marks = try Self.marks(folder)
        all = (rows as? [[String: String]] ?? []).flatMap { row -> [Query] in
            let (file, panel) = (row["dashboard"] ?? "", row["panel"] ?? "")
            let place = "\(file), \(panel), \(row["ref_id"] ?? "")"
            let expression = row["expr"] ?? ""
            let isMarked = marks.contains(file.hasSuffix(".yml") ? panel : "\(file)/\(panel)")
            // An alert that fires returns data; one that can fire finds data for all that it reads.
            let parts = file.hasSuffix(".yml") ? Self.selectors(expression) : [expression]
            return parts.map { Query(place: place, expression: $0, isEmptyInHealth: isMarked) }
        }
    }

    /// Panels as "uid/title", and alerts by name.
    private static func marks(_ folder: String) throws -> Set<String> {
        var marks: Set<String> = []
        let files = FileManager.default
        for file in try files.contentsOfDirectory(atPath: folder) where file.hasSuffix(".json") {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
            let board = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
            for panel in board["panels"] as? [[String: Any]] ?? [] {
                let description = panel["description"] as? String ?? ""
                if description.contains(/\(empty while healthy: [^)]+\)$/) {
                    marks.insert("\(board["uid"] ?? "")/\(panel["title"] ?? "")")
                }
            }
        }
        for file in try files.contentsOfDirectory(atPath: "\(folder)/alerts") {
            let text = try String(contentsOfFile: "\(folder)/alerts/\(file)", encoding: .utf8)
            for match in text.matches(of: /# Empty while healthy: .+\n +- alert: (\w+)\n/) {
                marks.insert("alert \(match.1)")
            }
        }
        return marks
    }

    /// The series that an expression reads.
    private static func selectors(_ expression: String) -> [String] {
        let selector = /\b(?:agent|runner|quota|live_session|db|process)_\w+(?:\{[^}]*\})?/
        return expression.matches(of: selector).map { String($0.0) }
    }
}
