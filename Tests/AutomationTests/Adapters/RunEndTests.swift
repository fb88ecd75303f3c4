import Automation
import Glibc
import TestSupport
import Testing

/// Commands that do not end as they should.
struct RunEndTests {
    private let adapter: LocalAdapter
    private let processes: ProcessRunner

    init() throws {
        processes = try ProcessRunner()
        adapter = LocalAdapter(processes)
    }

    private func begin(_ order: RunOrder, _ said: Said) -> Task<RunExit, any Error> {
        Task { [adapter] in try await adapter.execute(order, output: said.output) }
    }

    @Test func `a command that closes its output early is still waited for`() async throws {
        let exit = try await adapter.execute(
            .shell("exec >&- 2>&-; sleep 0.2; exit 3"), output: Said().output)
        #expect(exit == .code(3))
    }

    @Test func `a child left in the background does not hold the run, and is ended`() async throws {
        let (order, said) = (RunOrder.shell("sleep 1000 & echo $!"), Said())
        let exit = try await adapter.execute(order, output: said.output)
        #expect(exit == .code(0))
        let child = try #require(said.lines.first.flatMap { Int32($0) })
        try await waitUntil("the child's end") { !isAlive(child) }
    }

    @Test func `a child that floods after the command has ended does not hold the run`()
        async throws
    {
        let exit = try await adapter.execute(
            .shell("yes & exit 4"), output: Said(limit: 100_000).output)
        #expect(exit == .code(4))
    }

    @Test func `a child that has left the session is ended with the run`() async throws {
        let (order, said) = (RunOrder.shell("setsid sleep 1000 >/dev/null 2>&1 & echo on"), Said())
        let exit = try await adapter.execute(order, output: said.output)
        #expect(exit == .code(0))
        try await waitUntil("nothing of the run to be left") {
            OrphanSweep.count(runIDs: [order.runID]) == 0
        }
    }

    @Test func `the end of a run's first command does not end its second`() async throws {
        let runID = newRunID()
        for _ in 0..<3 {
            let first = try await adapter.execute(
                .shell("sleep 1000 >&- 2>&- & exit 255", runID: runID), output: Said().output)
            #expect(first == .code(255))
            let second = try await adapter.execute(
                .shell("sleep 0.3; exit 7", runID: runID), output: Said().output)
            #expect(second == .code(7))
        }
        try await waitUntil("nothing of the run to be left") {
            OrphanSweep.count(runIDs: [runID]) == 0
        }
    }

    @Test func `canceling ends the whole group with TERM`() async throws {
        let said = Said()
        let order = RunOrder.shell("sleep 1000 & echo $!; sleep 1000 & echo $!; wait")
        let run = begin(order, said)
        try await waitUntil("the command") { said.lines.count == 2 }
        run.cancel()
        #expect(try await run.value == .signal(SIGTERM))
        // The signal is with all of them by now; each takes its own time to end.
        try await waitUntil("the children's end") {
            said.lines.compactMap { Int32($0) }.filter(isAlive).isEmpty
        }
        #expect(OrphanSweep.count(runIDs: [order.runID]) == 0)
    }

    @Test func `what a command says while it obeys TERM is still read`() async throws {
        let said = Said()
        let run = begin(
            .shell("trap 'echo bye; exit 6' TERM; echo on; while :; do sleep 0.01; done"), said)
        try await waitUntil("the command") { said.text == "on\n" }
        run.cancel()
        #expect(try await run.value == .code(6))
        #expect(said.text.hasSuffix("bye\n"))
    }

    @Test func `a command that ignores TERM is killed after the grace`() async throws {
        let said = Said()
        let run = begin(
            .shell(
                "trap '' TERM; echo on; while :; do sleep 0.01; done", killGrace: .milliseconds(50)),
            said)
        try await waitUntil("the command") { said.text == "on\n" }
        run.cancel()
        #expect(try await run.value == .signal(SIGKILL))
    }

    @Test func `a stopped command is ended as well`() async throws {
        let said = Said()
        let run = begin(.shell("echo on; kill -STOP $$; echo never"), said)
        try await waitUntil("the command") { said.text == "on\n" }
        run.cancel()
        #expect(try await run.value == .signal(SIGTERM))
    }

    @Test func `canceling finds what has left the group and ignores TERM`() async throws {
        let said = Said()
        let order = RunOrder.shell(
            """
            for n in 1 2 3; do
                setsid sh -c 'trap "" TERM; (echo escaped; while :; do sleep 1; done) & exit'
            done
            echo on; sleep 1000
            """)
        let run = begin(order, said)
        try await waitUntil("the command") { said.lines.count == 4 }
        #expect(OrphanSweep.count(runIDs: [order.runID]) >= 4)
        run.cancel()
        #expect(try await run.value == .signal(SIGTERM))
        #expect(OrphanSweep.count(runIDs: [order.runID]) == 0)
    }

    @Test func `a run that was canceled before it began starts nothing`() async throws {
        let directory = try TemporaryDirectory()
        let run = Task { [adapter] in
            while !Task.isCancelled { await Task.yield() }
            return try await adapter.execute(
                .local(["touch", directory.path("file")]), output: Said().output)
        }
        run.cancel()
        let failure = await #expect(throws: AdapterFailure.self) { try await run.value }
        #expect(failure?.reason == "canceled")
        #expect(access(directory.path("file"), F_OK) != 0)
    }

    @Test func `runs canceled at any moment leave nothing`() async throws {
        let orders = (0..<60).map { _ in RunOrder.shell("sleep 1000 & setsid sleep 1000 & wait") }
        await withTaskGroup(of: Void.self) { group in
            for (number, order) in orders.enumerated() {
                group.addTask {
                    let run = Task { try await adapter.execute(order, output: Said().output) }
                    try? await Task.sleep(for: .milliseconds(number))
                    run.cancel()
                    _ = try? await run.value
                }
            }
        }
        #expect(OrphanSweep.count(runIDs: orders.map(\.runID)) == 0)
    }

    @Test func `a flood is dropped after the limit and ends when it is canceled`() async throws {
        let said = Said(limit: 1 << 20)
        let run = begin(.local(["yes"]), said)
        try await waitUntil("the limit") { said.count >= 1 << 20 }
        run.cancel()
        #expect(try await run.value == .signal(SIGTERM))
        #expect(said.count < 2 << 20)
    }

    @Test func `while output is not taken the command waits`() async throws {
        let (taken, gate) = (Said(), Gate())
        let order = RunOrder.shell("head -c 10000000 /dev/zero; echo done >&2")
        let run = Task { [adapter] in
            try await adapter.execute(order) { bytes in
                await gate.pass()
                return await taken.output(bytes)
            }
        }
        try await waitUntil("the first piece") { await gate.isAwaited }
        #expect(OrphanSweep.count(runIDs: [order.runID]) > 0)
        #expect(taken.count == 0)
        await gate.open()
        #expect(try await run.value == .code(0))
        #expect(taken.count == 10_000_005)
    }
}

/// Holds who comes until it is opened.
private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    var isAwaited: Bool { !waiting.isEmpty }

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
