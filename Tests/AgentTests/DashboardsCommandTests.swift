import Foundation
import TestSupport
import Testing

/// `agent dashboards`: made, checked, fitted to a configuration.
struct DashboardsCommandTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func agent(_ arguments: String...) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            agentExecutable, ["dashboards"] + arguments, directory: directory.path)
    }

    private func configuration(_ plugins: String...) throws -> String {
        try directory.write(
            AgentConfigurationText(
                plugins: plugins,
                metrics: [
                    #"""
                    { "name": "carts_total", "kind": "counter", "help": "Carts.", "event": "cart.made",
                      "labels": ["country"] }
                    """#
                ]
            ).text, to: "agent.json")
    }

    @Test func `what is generated is linted, and every metric stands on it`() async throws {
        let config = try configuration(#"{ "plugin": "Runner" }"#, #"{ "plugin": "Prometheus" }"#)
        let made = try await agent("generate", "--config", config, "--output", "out")
        #expect(made.exit == .code(0), "\(made.errors)")
        #expect(
            made.output == "out/agent-agent.json\nout/agent-config.json\nout/agent-runner.json\n")
        let linted = try await agent("lint", "out", "--complete", "--config", config)
        #expect(linted.exit == .code(0) && linted.output.contains("good"), "\(linted.output)")

        let again = try await agent("generate", "--config", config, "--output", "out")
        #expect(again.exit == .code(1) && again.errors.contains("nothing is overwritten"))
        let one = try await agent("generate", "runner", "--config", config)
        #expect(one.output == (try? directory.text(of: "out/agent-runner.json")))
        let unknown = try await agent("generate", "runer", "--config", config)
        #expect(unknown.exit == .code(2) && unknown.errors.contains("did you mean \"runner\"?"))
    }

    @Test func `a third party's library gets a dashboard as well`() async throws {
        try await FixturePlugin.build("good", in: directory)
        let made = try await agent("generate", "--plugin", "good.so", "--output", "out")
        #expect(made.exit == .code(0) && made.output.contains("out/agent-good.json"), "\(made)")
        let linted = try await agent("lint", "out/agent-good.json", "--plugin", "good.so")
        #expect(linted.exit == .code(0), "\(linted.output)")
        let without = try await agent("lint", "out/agent-good.json")
        #expect(without.exit == .code(1) && without.output.contains("no plugin declares"))
    }

    @Test func `findings are sentences, or JSON, and what cannot be read ends with 2`() async throws
    {
        let config = try configuration(#"{ "plugin": "Runner" }"#)
        _ = try await agent("generate", "runner", "--config", config, "--output", "out")
        let text = try directory.text(of: "out/agent-runner.json")
        _ = try directory.write(
            text.replacing(
                "sum by (site, protocol) (runner_active_runs", with: "sum(runner_actve_runs"),
            to: "out/agent-runner.json")
        let linted = try await agent("lint", "out", "--config", config)
        #expect(linted.exit == .code(1))
        #expect(
            linted.output.contains(
                "dashboard \"Agent: runner\", panel \"Runner active runs\", query A, column 5: "
                    + "no plugin declares \"runner_actve_runs\"; did you mean \"runner_active_runs\"?"
            ), "\(linted.output)")
        let json = try await agent("lint", "out", "--json", "--config", config)
        let findings = try JSONSerialization.jsonObject(with: Data(json.outputBytes))
        let rules = (findings as? [[String: Any]])?.compactMap { $0["rule"] as? String }
        #expect(Set(rules ?? []) == ["unknown_metric", "unknown_label"])

        _ = try directory.write("{", to: "out/half.json")
        let half = try await agent("lint", "out", "--config", config)
        #expect(
            half.exit == .code(2) && half.errors.contains("out/half.json:1:2"), "\(half.errors)")
        let none = try await agent("lint", "nowhere")
        #expect(none.exit == .code(2) && none.errors.contains("nowhere is neither"))
    }

    @Test func `a prefix of the configuration renames what dashboards and rules read`() async throws
    {
        let plain = try configuration(#"{ "plugin": "Runner" }"#)
        _ = try await agent("generate", "runner", "--config", plain, "--output", "in")
        _ = try directory.write(Self.rules, to: "in/runs.rules.yml")
        let config = try configuration(#"{ "plugin": "Runner", "metric_prefix": "shop" }"#)
        let exported = try await agent(
            "export", "in", "--config", config, "--output", "out", "--datasource", "prom-1")
        #expect(exported.exit == .code(0), "\(exported.errors)")
        let dashboard = try directory.text(of: "out/agent-runner.json")
        #expect(dashboard.contains("rate(shop_run_duration_seconds_bucket{"))
        #expect(dashboard.contains("label_values(shop_active_runs, job)"))
        #expect(dashboard.contains("\"prom-1\"") && !dashboard.contains("runner_"))
        #expect(
            try directory.text(of: "out/runs.rules.yml").contains("rate(shop_errors_total[5m])"))
        let promtool = try await ChildProcess.run(
            "promtool", ["check", "rules", directory.path("out/runs.rules.yml")])
        #expect(promtool.exit == .code(0), "\(promtool.errors)")
        // Those with the names of the configuration are right for it, and wrong without.
        #expect(try await agent("lint", "out", "--config", config).exit == .code(0))
        #expect(try await agent("lint", "out", "--config", plain).exit == .code(0))

        let queries = try await agent("export", "in", "--queries", "--config", config)
        #expect(queries.output.contains("rate(shop_errors_total[5m])"), "\(queries.output)")
        #expect(!queries.output.contains("$"))
    }

    @Test func `what has findings is not exported, but by force`() async throws {
        let plain = try configuration(#"{ "plugin": "Runner" }"#)
        _ = try await agent("generate", "runner", "agent", "--config", plain, "--output", "in")
        let config = try configuration(
            #"{ "plugin": "Runner", "metrics": { "starts_total": { "drop_labels": ["site"] } } }"#)
        let exported = try await agent("export", "in", "--config", config, "--output", "out")
        #expect(exported.exit == .code(1) && exported.output == "out/agent-agent.json\n")
        #expect(exported.errors.contains("there is no label \"site\" here"), "\(exported.errors)")
        let forced = try await agent(
            "export", "in", "--config", config, "--output", "out", "--force")
        #expect(forced.exit == .code(0) && forced.output.contains("out/agent-runner.json"))
    }

    @Test func `without a Grafana in the configuration there is nothing to push to`() async throws {
        let config = try configuration(#"{ "plugin": "Runner" }"#)
        _ = try await agent("generate", "runner", "--config", config, "--output", "out")
        for verb in ["push", "diff"] {
            let outcome = try await agent(verb, "out", "--config", config)
            #expect(outcome.exit == .code(2), "\(outcome)")
            #expect(outcome.errors.contains("no plugin Grafana"), "\(outcome)")
        }
        #expect(try await agent("push", "out").exit != .code(0))
    }

    // MARK: The shipped dashboards

    private static let shipped = "\(repositoryRoot)/Dashboards"
    private static let isShipped = FileManager.default.fileExists(atPath: shipped)

    @Test(.enabled(if: isShipped))
    func `the shipped dashboards and alert rules pass lint, and leave no metric out`() async throws
    {
        let example = "\(repositoryRoot)/config.example.json"
        let linted = try await agent("lint", Self.shipped, "--config", example)
        #expect(linted.exit == .code(0), "\(linted.output)\(linted.errors)")
        let plugins = ["Runner", "Quota", "LiveSession", "Database"]
        let text = AgentConfigurationText(plugins: plugins.map { "{ \"plugin\": \"\($0)\" }" })
        let config = try directory.write(text.text, to: "plugins.json")
        let complete = try await agent("lint", Self.shipped, "--complete", "--config", config)
        #expect(complete.exit == .code(0), "\(complete.output)\(complete.errors)")
    }

    @Test(.enabled(if: isShipped))
    func `with other prefixes the shipped dashboards change, and still pass`() async throws {
        let config = try configuration(
            #"{ "plugin": "Runner", "metric_prefix": "one" }"#,
            #"{ "plugin": "Quota", "metric_prefix": "two" }"#,
            #"{ "plugin": "LiveSession", "metric_prefix": "three" }"#,
            #"{ "plugin": "Database", "metric_prefix": "four" }"#)
        let exported = try await agent(
            "export", Self.shipped, "--config", config, "--output", "out")
        #expect(exported.exit == .code(0), "\(exported.errors)")
        let queries = try await agent("export", "out", "--queries", "--config", config)
        #expect(queries.exit == .code(0), "\(queries.errors)")
        for prefix in ["one_", "two_", "three_", "four_"] {
            #expect(queries.output.contains(prefix), "\(prefix)")
        }
        #expect(!queries.output.contains("(runner_") && !queries.output.contains("(quota_"))
    }

    private static let rules = """
        groups:
          - name: runs
            rules:
              - alert: RunsFail
                expr: sum by (site) (rate(runner_errors_total[5m])) > 1
                for: 10m
                labels:
                  severity: page
                annotations:
                  summary: Runs fail at {{ $labels.site }}
                  description: Look at the runs of {{ $labels.site }}.
        """
}

extension TemporaryDirectory {
    fileprivate func text(of name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }
}
