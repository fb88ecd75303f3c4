import Automation
import Repo
import Telemetry
import TestSupport
import Testing

struct AutomationRuntimeTests {
    @Test func `a run is stored with its output, and every step is an event`() async throws {
        let bench = try await Bench()
        let run = try await bench.finish("print", "hello ", "print", "world")
        #expect(run.status == .ok)
        #expect(run.exitCode == 0)
        #expect(run.requestedBy == "test")
        #expect(try await bench.output(of: run.id) == Array("hello world".utf8))
        #expect(run.bytes == 11)
        #expect(run.startedAt.map { $0 >= run.createdAt } == true)
        let events = await bench.recorder.wait(for: 7)
        #expect(
            events.map(\.name.description).filter {
                !$0.hasSuffix("limits") && !$0.hasSuffix("chunk")
            }
                == [
                    "net_auto.quota.checked_out", "net_auto.run.created", "net_auto.runner.start",
                    "net_auto.runner.stop", "net_auto.quota.checked_in",
                ])
        let stop = try #require(events.first { $0.name == "net_auto.runner.stop" })
        #expect(stop.metadata["status"] == "ok")
        #expect(stop.metadata["exit_code"] == "0")
        #expect(stop.measurements["bytes"] == 11)
        #expect(stop.correlationID == run.correlationID)
        #expect(bench.quota.debugState().active == 0)
    }

    @Test(arguments: [
        (["exit", "3"], RunStatus.error, "exit_code", "net_auto.runner.stop" as EventName),
        (["signal", "9"], .error, "signal", "net_auto.runner.stop"),
        (["fail", "spawn", "not_found"], .error, "not_found", "net_auto.runner.error"),
    ]) func `a run that goes wrong says how`(
        _ words: [String], _ status: RunStatus, _ reason: String, _ event: EventName
    ) async throws {
        let bench = try await Bench()
        let id = try await bench.automation.executeRun(
            RunRequest(deviceID: "edge-1", command: .words(words), requestedBy: "test")
        ).id
        let run = try await bench.end(of: id)
        #expect(run.status == status)
        #expect(run.reason == reason)
        #expect(run.message?.isEmpty == false)
        try await waitUntil { bench.count(event) == 1 }
    }

    @Test func `who asks for what there is not is told so, and nothing is stored`() async throws {
        let bench = try await Bench(
            AutomationSettings(devices: [
                Device(
                    id: "edge-1", site: "ams", endpoint: .local(LocalEndpoint()),
                    commands: .only([["print", "*"]]))
            ]))
        for request in [
            RunRequest(deviceID: "edge-2", command: .text("print x"), requestedBy: "test"),
            RunRequest(deviceID: "edge-1", command: .text(" "), requestedBy: "test"),
            RunRequest(deviceID: "edge-1", command: .text("print 'x"), requestedBy: "test"),
            RunRequest(deviceID: "edge-1", command: .text("exit 0"), requestedBy: "test"),
        ] {
            await #expect(throws: RunRefusal.self) {
                try await bench.automation.executeRun(request)
            }
        }
        #expect(try await bench.store.runs(RunFilter(), before: nil, limit: 10).isEmpty)
        #expect(bench.count("net_auto.run.created") == 0)
        let run = try await bench.finish("print", "x")
        #expect(run.status == .ok)
    }

    @Test func `a run the quota does not admit is stored and answered at once`() async throws {
        let bench = try await Bench(limits: try QuotaLimits(global: 1, otherSites: 1))
        let first = try await bench.automation.executeRun(bench.request("gate"))
        let refused = try await bench.automation.executeRun(bench.request("print", "x"))
        #expect(refused.status == .error)
        #expect(refused.reason == "quota_exceeded:global")
        #expect(try await bench.store.run(refused.id) == refused)
        bench.adapter.open()
        #expect(try await bench.end(of: first.id).status == .ok)
        try await waitUntil { bench.quota.debugState().active == 0 }
        // created = starts + rejections
        #expect(bench.count("net_auto.run.created") == 2)
        #expect(bench.count("net_auto.runner.start") == 1)
        #expect(bench.count("net_auto.quota.rejected") == 1)
    }

    @Test func `a run may wait for the quota, and be canceled while it waits`() async throws {
        let bench = try await Bench(limits: try QuotaLimits(global: 1, otherSites: 1))
        let first = try await bench.automation.executeRun(bench.request("gate"))
        var request = bench.request("print", "second")
        request.wait = .seconds(600)
        let second = try await bench.automation.executeRun(request)
        let third = try await bench.automation.executeRun(request)
        #expect(second.status == .pending)
        try await waitUntil { bench.quota.debugState().waiting == 2 }
        try await bench.automation.cancelRun(third.id, requestedBy: "me")
        #expect(try await bench.end(of: third.id).status == .canceled)
        bench.adapter.open()
        #expect(try await bench.end(of: first.id).status == .ok)
        #expect(try await bench.end(of: second.id).status == .ok)
    }

    @Test func `a canceled run ends as canceled, and only once`() async throws {
        let bench = try await Bench()
        let run = try await bench.automation.executeRun(bench.request("hang"))
        try await waitUntil { bench.adapter.begins == 1 }
        try await bench.automation.cancelRun(run.id, requestedBy: "me")
        let ended = try await bench.end(of: run.id)
        #expect(ended.status == .canceled)
        #expect(ended.message == "canceled by me")
        try await waitUntil { await bench.automation.activeRuns().isEmpty }
        await #expect(throws: RunRefusal.self) {
            try await bench.automation.cancelRun(run.id, requestedBy: "me")
        }
        await #expect(throws: RunRefusal.self) {
            try await bench.automation.cancelRun(RunID(), requestedBy: "me")
        }
        let checkIn = try #require(
            bench.recorder.events.first { $0.name == "net_auto.quota.checked_in" })
        #expect(checkIn.metadata["reason"] == "canceled")
    }

    @Test func `a run that takes too long ends as timeout`() async throws {
        let bench = try await Bench()
        var request = bench.request("print", "x", "hang")
        request.timeout = .milliseconds(20)
        let id = try await bench.automation.executeRun(request).id
        let run = try await bench.end(of: id)
        #expect(run.status == .timeout)
        #expect(try await bench.output(of: id) == Array("x".utf8))
    }

    @Test func `output has a bound, and what is cut off is marked`() async throws {
        var settings = AutomationSettings(devices: [Bench.device])
        settings.maxOutputBytes = 1_000_000
        let bench = try await Bench(settings)
        let run = try await bench.finish("flood", "50000000")
        #expect(run.status == .ok)
        #expect(run.isTruncated)
        #expect(run.bytes == 1_000_000)
        #expect(try await bench.output(of: run.id).count == 1_000_000)
        let sequence = try await bench.store.chunks(of: run.id, maxBytes: 1 << 30).map(\.seq)
        #expect(sequence == Array(1...Int64(sequence.count)))
        #expect(Int64(sequence.count) == run.chunks)
    }

    @Test func `who stops lets runs finish, and ends them when patience is over`() async throws {
        let bench = try await Bench()
        let short = try await bench.automation.executeRun(bench.request("gate"))
        let long = try await bench.automation.executeRun(bench.request("hang"))
        try await waitUntil { bench.adapter.begins == 2 }
        let stop = Task { await bench.automation.stop(within: .milliseconds(300)) }
        try await waitUntil {
            do {
                _ = try await bench.automation.executeRun(bench.request("print", "x"))
                return false
            } catch { return true }
        }
        bench.adapter.open()
        await stop.value
        #expect(try await bench.store.run(short.id)?.status == .ok)
        let ended = try await bench.store.run(long.id)
        #expect(ended?.status == .canceled)
        #expect(ended?.reason == "agent_stopped")
    }

    @Test func `what an earlier agent left unfinished is closed, and says why`() async throws {
        let bench = try await Bench()
        var running = Run(
            deviceID: "edge-1", protocolName: "local", site: "ams", command: ["x"],
            requestedBy: "test", createdAt: 1)
        try await bench.store.create(running)
        running.status = .running
        running.startedAt = 2
        try await bench.store.save(running)
        try await bench.automation.start()
        let closed = try await bench.store.run(running.id)
        #expect(closed?.status == .error)
        #expect(closed?.reason == "agent_restarted")
        #expect(bench.count("net_auto.runner.error") == 0)
    }

    @Test func `a schedule repeats its run, never two at once, until it is taken away`()
        async throws
    {
        var settings = AutomationSettings(devices: [Bench.device])
        settings.schedules = [
            Schedule(
                name: "tick", deviceID: "edge-1", command: .text("print x"),
                every: .milliseconds(5))
        ]
        let bench = try await Bench(settings)
        await bench.automation.beginSchedules()
        try await waitUntil { bench.count("net_auto.runner.stop") >= 3 }
        settings.schedules = []
        await bench.automation.use(settings)
        await bench.automation.stop(within: .seconds(30))
        let names = bench.recorder.events.map(\.name.description)
            .filter { $0.hasPrefix("net_auto.runner.") }
        for (index, name) in names.enumerated() {
            #expect(name == (index % 2 == 0 ? "net_auto.runner.start" : "net_auto.runner.stop"))
        }
        let run = try await bench.store.runs(RunFilter(), before: nil, limit: 1).first
        #expect(run?.requestedBy == "schedule:tick")
    }
}
