import Automation
import Repo
import Telemetry
import TestSupport
import Testing

/// Schedules over a real store, with agents that come and go.
struct ScheduleRunTests {
    private static let daily = Schedule(
        name: "upgrade", deviceID: "edge-1", command: .text("print x"), every: .seconds(86_400))

    private func settings(_ schedules: Schedule...) -> AutomationSettings {
        AutomationSettings(devices: [Bench.device], schedules: schedules)
    }

    /// Another agent over the same store.
    private func again(
        _ bench: Bench, _ settings: AutomationSettings, _ adapter: ScriptedAdapter
    ) async throws -> AutomationRuntime {
        let runtime = AutomationRuntime(
            settings: settings, store: bench.store, quota: bench.quota, hub: bench.hub,
            adapters: [adapter], bus: bench.bus)
        try await runtime.start()
        await runtime.beginSchedules()
        return runtime
    }

    private func ended(_ runtime: AutomationRuntime) async throws -> ScheduleState {
        try await waitFor("the run to end") {
            runtime.scheduleStates.first.flatMap {
                $0.last?.status == nil || $0.nextAt == nil ? nil : $0
            }
        }
    }

    @Test func `what is due once a day runs once, however often the agent starts and reloads`()
        async throws
    {
        let bench = try await Bench(settings(Self.daily))
        for _ in 0..<3 {
            let adapter = ScriptedAdapter()
            let runtime = try await again(bench, settings(Self.daily), adapter)
            let state = try await ended(runtime)
            #expect(state.last?.status == .ok && state.last?.succeededAt != nil)
            // Changed by a reload: the next begin is that of the new interval.
            let hourly = Schedule(
                name: "upgrade", deviceID: "edge-1", command: .text("print y"),
                every: .seconds(3600))
            await runtime.use(settings(hourly))
            try await waitUntil("the changed schedule to wait") {
                runtime.scheduleStates.first.flatMap(\.nextAt)
                    .map { $0 < (state.nextAt ?? 0) } == true
            }
            await runtime.use(settings())
            #expect(runtime.scheduleStates.isEmpty)
            await runtime.use(settings(Self.daily))
            _ = try await ended(runtime)
            await runtime.stop(within: .zero)
        }
        #expect(try await bench.store.runs().count == 1)
    }

    @Test func `an agent that dies over a run does not repeat it, and counts it as failed`()
        async throws
    {
        let bench = try await Bench(settings(Self.daily))
        let id = RunID()
        var run = Run(
            id: id, deviceID: "edge-1", protocolName: "local", site: "ams", command: ["x"],
            requestedBy: "schedule:upgrade", correlationID: nil, createdAt: 5)
        try await bench.store.create(run)
        run.status = .running
        run.startedAt = 6
        try await bench.store.save(run)
        let now = TelemetryClock.machine.system()
        try await bench.store.save(
            ScheduleRow(name: "upgrade", since: 1, tick: now, begunAt: now, runID: id))
        let runtime = try await again(bench, settings(Self.daily), ScriptedAdapter())
        let state = try await ended(runtime)
        #expect(state.last?.reason == "agent_restarted" && state.last?.failures == 1)
        #expect(state.goodSince == 1)
        await runtime.stop(within: .zero)
        #expect(try await bench.store.runs().count == 1)
    }

    @Test func `a run whose turn never came is still due at the next start`() async throws {
        let bench = try await Bench(
            settings(Self.daily), limits: try QuotaLimits(global: 1, otherSites: 1))
        let held = try bench.quota.checkOut(site: "ams")
        let first = try await again(bench, settings(Self.daily), ScriptedAdapter())
        try await waitUntil("it to wait") { bench.quota.debugState().waiting == 1 }
        await first.stop(within: .zero)
        bench.quota.checkIn(held)
        let second = try await again(bench, settings(Self.daily), ScriptedAdapter())
        try await waitUntil("its run") {
            try await bench.store.runs().contains { $0.status == .ok }
        }
        await second.stop(within: .zero)
    }

    @Test func `where there is too little room, schedules take turns`() async throws {
        // Five that never end by themselves and want the one place for longer than their interval.
        let schedules = (0..<5).map {
            Schedule(
                name: "s\($0)", deviceID: "edge-1", command: .text("hang"),
                every: .milliseconds(200), timeout: .milliseconds(150))
        }
        let all = AutomationSettings(devices: [Bench.device], schedules: schedules)
        let bench = try await Bench(all, limits: try QuotaLimits(global: 1, otherSites: 1))
        let runtime = try await again(bench, all, ScriptedAdapter())
        try await waitUntil("every schedule to have had three turns") {
            runtime.scheduleStates.allSatisfy { ($0.ended[.timeout] ?? 0) >= 3 }
        }
        let turns = runtime.scheduleStates.map { $0.ended[.timeout] ?? 0 }
        #expect((turns.max() ?? 0) <= 2 * (turns.min() ?? 0) + 2, "\(turns)")
        await runtime.stop(within: .zero)
    }

    @Test func `a run that may not wait is refused, and one that is impossible is said once`()
        async throws
    {
        let bench = try await Bench(limits: try QuotaLimits(global: 1, otherSites: 1))
        let held = try bench.quota.checkOut(site: "ams")
        let impatient = Schedule(
            name: "impatient", deviceID: "edge-1", command: .text("print x"),
            every: .seconds(3600), wait: .zero)
        let lost = Schedule(
            name: "lost", deviceID: "nowhere", command: .text("print x"), every: .milliseconds(1))
        let said = SaidSentences()
        let runtime = AutomationRuntime(
            settings: settings(impatient, lost), store: bench.store, quota: bench.quota,
            hub: bench.hub, adapters: [bench.adapter], bus: bench.bus, report: { said.add($0) })
        try await runtime.start()
        await runtime.beginSchedules()
        try await waitUntil("many failures of one, and the refusal of the other") {
            let states = runtime.scheduleStates
            // While a further turn of it is under way, there is no reason yet.
            return (states[1].last?.failures ?? 0) > 5 && states[1].last?.reason == "not_started"
                && states[0].last?.status == .error
        }
        #expect(runtime.scheduleStates[0].last?.reason == "quota_exceeded:global")
        #expect(said.all.count == 1 && said.all[0].contains("there is no device \"nowhere\""))
        bench.quota.checkIn(held)
        await runtime.stop(within: .zero)
    }

    @Test func `what is gone for longer than a month is forgotten`() async throws {
        let bench = try await Bench(settings(Self.daily))
        let now = TelemetryClock.machine.system()
        for (name, age) in [("old", Int64(40)), ("new", 20)] {
            let begun = now - age * 86_400 * 1_000_000_000
            try await bench.store.save(
                ScheduleRow(name: name, since: 1, tick: begun, begunAt: begun, runID: RunID()))
        }
        let runtime = try await again(bench, settings(), ScriptedAdapter())
        #expect(try await bench.store.schedules().map(\.name) == ["new"])
        await runtime.stop(within: .zero)
    }
}
