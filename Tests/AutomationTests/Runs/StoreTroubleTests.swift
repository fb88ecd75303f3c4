import Automation
import Glibc
import Repo
import Telemetry
import TestSupport
import Testing

/// Runs while the store is locked or has no room.
struct StoreTroubleTests {
    @Test func `a run goes on while another program holds the store, and loses nothing`()
        async throws
    {
        let bench = try await Bench(busyTimeout: .milliseconds(20))
        let id = try await bench.automation.executeRun(
            bench.request("print", "before ", "gate", "print", "meanwhile ", "print", "after")
        ).id
        try await waitUntil { try await !bench.output(of: id).isEmpty }

        let neighbour = try await bench.neighbour()
        bench.adapter.open()
        try await waitUntil("the output to wait") { bench.automation.room.trouble != nil }
        #expect(bench.automation.room.trouble?.error.kind == "busy")
        #expect(bench.automation.room.trouble?.runs == 1)
        try await waitUntil { bench.automation.room.retries > 3 }
        #expect(try await bench.automation.run(id)?.status == .running)
        #expect(bench.automation.room.bytes > 0)

        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        let run = try await bench.end(of: id)
        #expect(run.status == .ok)
        #expect(try await bench.output(of: id) == Array("before meanwhile after".utf8))
        #expect(bench.automation.room.trouble == nil)
        #expect(bench.automation.room.bytes == 0)
    }

    @Test func `a run whose beginning cannot be stored begins, and both ends are stored later`()
        async throws
    {
        let bench = try await Bench(
            limits: QuotaLimits(global: 1), busyTimeout: .milliseconds(20))
        let first = try await bench.automation.executeRun(bench.request("gate")).id
        var waiting = bench.request("print", "x")
        waiting.wait = .seconds(600)
        let second = try await bench.automation.executeRun(waiting).id

        let neighbour = try await bench.neighbour()
        bench.adapter.open()
        try await waitUntil("the second command to begin") { bench.adapter.begins == 2 }
        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        try await waitUntil {
            await bench.automation.tick()
            return try await bench.store.run(first)?.status == .ok
        }
        let run = try await bench.end(of: second)
        #expect(run.status == .ok)
        #expect(run.startedAt != nil)
        #expect(try await bench.output(of: second) == Array("x".utf8))
    }

    @Test func `output that finds no room for longer than patience ends its run`() async throws {
        let bench = try await Bench(
            busyTimeout: .milliseconds(20),
            room: OutputRoom(bytesPerRun: 1000, bytesInAll: 10_000, patience: .zero))
        let id = try await bench.automation.executeRun(bench.request("gate", "flood", "500000")).id
        let neighbour = try await bench.neighbour()
        bench.adapter.open()
        try await waitUntil("the run to be given up") {
            try await bench.automation.run(id)?.status == .error
        }
        #expect(try await bench.automation.run(id)?.reason == "store_failed")
        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        try await waitUntil {
            await bench.automation.tick()
            return try await bench.store.run(id)?.status.isFinal == true
        }
        #expect(bench.automation.room.bytes == 0)
    }

    @Test func `an agent that stops waits for no store`() async throws {
        let bench = try await Bench(busyTimeout: .milliseconds(20))
        let id = try await bench.automation.executeRun(bench.request("gate", "print", "x")).id
        let neighbour = try await bench.neighbour()
        bench.adapter.open()
        try await waitUntil { bench.automation.room.trouble != nil }
        await bench.automation.stop(within: .zero)
        #expect(try await bench.automation.run(id)?.status == .canceled)
        neighbour.signal(SIGKILL)
        try await neighbour.wait()
    }

    @Test func `a run goes on while no room is left for the store`() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let bench = try await Bench()
            let id = try await bench.automation.executeRun(
                bench.request("gate", "flood", "900000", "print", "end")
            ).id
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
            var small = limit
            small.rlim_cur = 200_000
            setrlimit(__rlimit_resource_t(1), &small)
            bench.adapter.open()
            try await waitUntil { bench.automation.room.retries > 2 }
            #expect(bench.automation.room.trouble?.error.kind == "full")
            #expect(try await bench.automation.run(id)?.status == .running)
            setrlimit(__rlimit_resource_t(1), &limit)
            let run = try await bench.end(of: id)
            #expect(run.status == .ok)
            #expect(run.bytes == 900_003)
            #expect(try await bench.output(of: id).count == 900_003)
        }
    }

    @Test func `of requests at the same time no more are let in than there may be runs`()
        async throws
    {
        let bench = try await Bench(
            AutomationSettings(devices: [Bench.device], maxActive: 2))
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<24 {
                group.addTask {
                    (try? await bench.automation.executeRun(bench.request("gate"))) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 2)
        #expect(await bench.automation.activeRuns().count == 2)
        bench.adapter.open()
        try await waitUntil { await bench.automation.activeRuns().isEmpty }
        // What was refused has given its place back.
        for _ in 0..<2 { #expect(try await bench.finish("exit", "0").status == .ok) }
    }
}
