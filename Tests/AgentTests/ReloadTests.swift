import Foundation
import Glibc
import TestSupport
import Testing

/// The configuration changes while the agent runs: whole, or not at all.
@Suite(.serialized) struct ReloadTests {
    private static let jobs = ReloadingAgent.counter("jobs_total", on: "job.done")
    private static let other = ReloadingAgent.counter("other_total", on: "other.done")

    private static let job = #"{ "event": "job.done", "measurements": { "count": 1 } }"#
    private static let otherJob = #"{ "event": "other.done", "measurements": { "count": 1 } }"#
    private static let created =
        #"{ "event": "net_auto.run.created", "measurements": { "count": 1 }, "#
        + #""metadata": { "site": "a", "protocol": "ssh", "device_id": "d" } }"#

    @Test func `metrics come and go, and those that stay keep their series`() async throws {
        let running = try await ReloadingAgent(
            ReloadingAgent.text([Self.jobs, ReloadingAgent.counter("old_total", on: "job.done")]))
        let agent = running.agent
        try await agent.send(Self.job + "\n" + Self.job)
        let before = try await running.hash()
        #expect(try await running.use(ReloadingAgent.text([Self.jobs, Self.other])) == ["metrics"])
        try await agent.send(Self.job + "\n" + Self.otherJob)

        let samples = try await agent.samples()
        #expect(samples["jobs_total"] == 3 && samples["other_total"] == 1)
        #expect(samples["old_total"] == nil)
        #expect(samples["agent_series{metric=\"old_total\"}"] == nil)
        #expect(samples["agent_config_last_reload_success"] == 1)
        #expect(try await running.hash() != before)
        #expect(try await running.use(ReloadingAgent.text([Self.jobs, Self.other])).isEmpty)
        #expect(try await agent.samples()["jobs_total"] == 3)
    }

    @Test func `plugins are started, replaced and removed, and the others are not touched`()
        async throws
    {
        let runner = #"{ "plugin": "Runner" }"#
        let running = try await ReloadingAgent(
            ReloadingAgent.text([Self.jobs], plugins: [#"{ "plugin": "Quota" }"#]))
        let agent = running.agent
        try await agent.send(Self.job)
        #expect(
            try await running.use(ReloadingAgent.text([Self.jobs], plugins: [runner]))
                == ["plugins.quota", "plugins.runner"])
        try await agent.send(Self.created)
        let created = "runner_runs_created_total{site=\"a\",protocol=\"ssh\"}"
        var samples = try await agent.samples()
        #expect(samples[created] == 1 && samples["jobs_total"] == 1)
        #expect(samples["agent_plugin_up{plugin=\"runner\"}"] == 1)
        #expect(samples["agent_plugin_up{plugin=\"quota\"}"] == nil)

        let changed =
            #"{ "plugin": "Runner", "metrics": { "device_runs_total": { "drop": true } } }"#
        #expect(
            try await running.use(ReloadingAgent.text([Self.jobs], plugins: [changed]))
                == ["plugins.runner"])
        try await agent.send(Self.created)
        samples = try await agent.samples()
        #expect(samples[created] == 2 && samples["jobs_total"] == 1)
        #expect(!samples.keys.contains { $0.hasPrefix("runner_device_runs_total") })
    }

    @Test func `rules of the pipeline hold from the reload on`() async throws {
        let running = try await ReloadingAgent(ReloadingAgent.text([Self.jobs]))
        let rule = #"{ "events": "job.*", "per_second": 0.001, "burst": 1 }"#
        let limited = ReloadingAgent.text(
            [Self.jobs], top: #""pipeline": { "rate_limits": [\#(rule)] },"#)
        try await running.agent.send(Self.job + "\n" + Self.job)
        #expect(try await running.use(limited) == ["pipeline"])
        _ = try await running.agent.client.request(
            "POST", "/v1/events", body: Array((Self.job + "\n" + Self.job).utf8))
        #expect(try await running.agent.samples()["jobs_total"] == 3)
        #expect(try await running.use(ReloadingAgent.text([Self.jobs])) == ["pipeline"])
        try await running.agent.send(Self.job + "\n" + Self.job)
        #expect(try await running.agent.samples()["jobs_total"] == 5)
    }

    @Test func `devices, quotas and schedules follow`() async throws {
        let automated = try await AutomatedAgent()
        let agent = automated.agent
        let file = try String(contentsOfFile: automated.configurationFile, encoding: .utf8)
        let changed = file.replacing(#""lab": 2"#, with: #""lab": 3"#)
            .replacing(#""id": "strict""#, with: #""id": "stern""#)
        try agent.directory.write(changed, to: "config.json")
        let outcome = try await automated.command("reload")
        #expect(outcome.exit == .code(0), "\(outcome.errors)")
        #expect(outcome.output.contains("changed: devices, quotas"), "\(outcome.output)")
        let limits = try await agent.client.get("/v1/quota").text
        #expect(limits.contains(#""limit":3"#), "\(limits)")
        let run = try await automated.start("echo hello", on: "stern")
        _ = try await automated.run(run, until: "ok")

        try agent.directory.write(
            changed.replacing(
                #""quotas""#,
                with:
                    #""schedules": [{ "name": "often", "device": "stern", "command": "echo x", "every": "1s" }], "quotas""#
            ),
            to: "config.json")
        let scheduled = try await automated.command("reload")
        #expect(scheduled.exit == .code(0), "\(scheduled.errors)")
        try await waitUntil("a scheduled run") {
            try await automated.runCount() > 1
        }
    }

    @Test func `a hangup has the configuration read again, and so it stays when that is bad`()
        async throws
    {
        let running = try await ReloadingAgent(ReloadingAgent.text([Self.jobs]))
        let agent = running.agent
        try running.write(ReloadingAgent.text([Self.jobs, Self.other]).text)
        agent.process.signal(SIGHUP)
        try await waitUntil("the new metric") {
            try await agent.samples()["agent_series{metric=\"other_total\"}"] != nil
        }
        let hash = try await running.hash()
        try running.write("{")
        agent.process.signal(SIGHUP)
        try await waitUntil("the refusal") {
            try await agent.samples()["agent_config_last_reload_success"] == 0
        }
        #expect(try await running.hash() == hash)
        #expect(agent.process.errors.contains("the configuration stays as it was"))
    }

    @Test func `a hangup that comes while the agent starts is heard`() async throws {
        // It cannot go on before the configuration is written into this.
        let directory = try TemporaryDirectory()
        let file = directory.path("config.json")
        try #require(mkfifo(file, 0o600) == 0)
        let process = try ChildProcess(agentExecutable, ["run", "--config", file])
        let pipe = try await waitFor("the agent to read") {
            let pipe = open(file, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return pipe < 0 ? nil : pipe
        }
        process.signal(SIGHUP)
        try directory.write(ReloadingAgent.text([Self.jobs, Self.other]).text, to: "new.json")
        try #require(rename(directory.path("new.json"), file) == 0)
        let text = Array(ReloadingAgent.text([Self.jobs]).text.utf8)
        #expect(write(pipe, text, text.count) == text.count)
        close(pipe)
        _ = try await process.waitForLine(containing: "was read again and is in use")
        #expect(process.ended == nil)
    }

    @Test func `without the token nothing is reloaded`() async throws {
        let running = try await ReloadingAgent(ReloadingAgent.text())
        #expect(try await running.agent.client.post("/v1/reload", "").status == 401)
    }

    // MARK: What is refused

    private static let bad:
        [(change: @Sendable (AgentConfigurationText) -> String, reasons: [String])] = [
            ({ _ in "{" }, ["config.json:1"]),
            ({ _ in #"{ "htpp": {}, "series": { "max_series": 0 } }"# }, ["htpp", "max_series"]),
            (
                { $0.text.replacing(#""drain": "0s""#, with: #""drain": "2s""#) },
                ["http.drain: this cannot change while the agent runs"]
            ),
            (
                { $0.text.replacing("127.0.0.1:0", with: "127.0.0.1:1") },
                ["http.listen: this cannot change", "intake.udp: this cannot change"]
            ),
            (
                { $0.text.replacing("agent.sock", with: "other.sock") },
                ["intake.unix_stream: this cannot change"]
            ),
            (
                { #"{ "store": {}, "series": { "tick": "1s" }, "# + $0.text.dropFirst(1) },
                ["series: this cannot change", "store: this cannot change"]
            ),
            (
                { $0.text.replacing("Prometheus", with: "Promotheus") },
                ["libPromotheus.so"]
            ),
            (
                { $0.text.replacing("jobs_total", with: "agent_series") },
                ["agent_series"]
            ),
            // What only its start tells: the first two have been started by then.
            (
                {
                    var text = $0
                    text.plugins += [
                        #"{ "plugin": "Runner" }"#, #"{ "plugin": "Quota" }"#,
                        #"{ "plugin": "Prometheus", "name": "second" }"#,
                    ]
                    text.metrics.append(Self.other)
                    return text.text
                },
                ["plugins.second: ", "/metrics"]
            ),
        ]

    @Test func `what is wrong is told, and all stays as it was`() async throws {
        let text = ReloadingAgent.text([Self.jobs])
        let running = try await ReloadingAgent(text)
        let agent = running.agent
        try await agent.send(Self.job)
        let hash = try await running.hash()
        let metrics = try await agent.client.get("/v1/metrics").text
        let plugins = try await agent.client.get("/v1/plugins").text
        for (change, reasons) in Self.bad {
            let told = try await running.refused(change(text))
            for reason in reasons {
                #expect(told.contains { $0.contains(reason) }, "\(reason) in \(told)")
            }
            #expect(try await running.hash() == hash)
            let samples = try await agent.samples()
            #expect(samples["agent_config_last_reload_success"] == 0)
            #expect(samples["jobs_total"] == 1)
            #expect(!samples.keys.contains { $0.hasPrefix("agent_plugin_up{plugin=\"runner\"") })
            #expect(try await agent.client.get("/v1/metrics").text == metrics)
            #expect(try await agent.client.get("/v1/plugins").text == plugins)
        }
        #expect(try await running.use(text).isEmpty)
        #expect(try await agent.samples()["agent_config_last_reload_success"] == 1)
    }

    @Test func `the command tells everything that is wrong and ends with 2`() async throws {
        let running = try await ReloadingAgent(ReloadingAgent.text())
        try running.write(#"{ "one": 1, "two": 2 }"#)
        let outcome = try await running.command("reload")
        #expect(outcome.exit == .code(2), "\(outcome.errors)")
        #expect(outcome.errors.contains("one:") && outcome.errors.contains("two:"))
    }
}
