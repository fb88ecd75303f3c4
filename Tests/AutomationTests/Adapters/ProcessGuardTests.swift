import Automation
import Foundation
import Glibc
import TestSupport
import Testing

/// What is left when a process with runs is killed.
struct ProcessGuardTests {
    /// A group in the background, one that ignores TERM, and one that has left the session.
    private static let script = """
        sleep 1000 &
        (trap "" TERM HUP; sleep 1000) &
        setsid sh -c 'sleep 1000 & exec sleep 1000' &
        echo on
        wait
        """

    private func host(_ runID: String, _ command: [String]) throws -> ChildProcess {
        try ChildProcess("\(builtProductsDirectory)/AdapterHost", [runID] + command)
    }

    private func guardProcess(of host: ChildProcess) async throws -> Int32 {
        let line = try await host.waitForLine(containing: "guard ", in: .output)
        let process = try #require(line.split(separator: " ").last.flatMap { Int32($0) })
        #expect(isAlive(process))
        return process
    }

    @Test func `the guard has a command line of its own, so that nobody takes it for the agent`()
        async throws
    {
        let host = try host(newRunID("guard"), ["sleep", "1000"])
        let guardian = try await guardProcess(of: host)
        let file = "/proc/\(guardian)/cmdline"
        try await waitUntil("its name") {
            let line = try String(contentsOfFile: file, encoding: .utf8)
            return line.trimmingCharacters(in: ["\0"]) == "agent-guard"
        }
        host.signal(SIGKILL)
        try await host.wait()
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGHUP])
    func `an agent that dies takes the processes of its runs with it`(signal: Int32) async throws {
        let runID = newRunID("guard")
        let host = try host(runID, ["sh", "-c", Self.script])
        let guardian = try await guardProcess(of: host)
        _ = try await host.waitForLine(containing: "on", in: .output)
        try await waitUntil("all of them") { OrphanSweep.count(runIDs: [runID]) >= 5 }
        host.signal(signal)
        try await host.wait()
        try await waitUntil("nothing of the run to be left") {
            OrphanSweep.count(runIDs: [runID]) == 0
        }
        try await waitUntil("the guard's end") { !isAlive(guardian) }
    }

    @Test func `an agent killed at any moment leaves nothing`() async throws {
        for round in 0..<20 {
            let runID = newRunID("guard")
            let host = try host(runID, ["sh", "-c", Self.script])
            let guardian = try await guardProcess(of: host)
            try await Task.sleep(for: .microseconds(round * 500))
            host.signal(SIGKILL)
            try await host.wait()
            try await waitUntil("the guard's end") { !isAlive(guardian) }
            #expect(OrphanSweep.count(runIDs: [runID]) == 0)
        }
    }

    @Test func `the guard outlives signals to everything but itself, and ends with the agent`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let file = try directory.write("", to: "running")
        let host = try host(
            newRunID("guard"),
            ["sh", "-c", "echo on; while [ -e \(file) ]; do sleep 0.01; done"])
        let guardian = try await guardProcess(of: host)
        _ = try await host.waitForLine(containing: "on", in: .output)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { kill(guardian, signal) }
        #expect(isAlive(guardian))
        unlink(file)
        #expect(try await host.wait() == .code(0))
        #expect(host.output.contains("ended code(0)"))
        try await waitUntil("the guard's end") { !isAlive(guardian) }
    }

    @Test func `a guard that was killed is replaced, and the new one knows what runs`() async throws
    {
        let processes = try ProcessRunner()
        let adapter = LocalAdapter(processes)
        let first = try #require(processes.guardProcessID)
        let (order, said) = (RunOrder.shell("echo on; sleep 1000"), Said())
        let run = Task { try await adapter.execute(order, output: said.output) }
        try await waitUntil("the command") { said.text == "on\n" }
        kill(first, SIGKILL)
        try await waitUntil("a new guard") {
            _ = try await adapter.execute(.local(["true"]), output: Said().output)
            return processes.guardProcessID != first
        }
        #expect(!isAlive(first))
        // It takes what it guards with it when it is told to end.
        await processes.stop()
        #expect(try await run.value == .signal(SIGKILL))
    }

    @Test func `a sweep ends the processes of the runs it is given and no others`() async throws {
        let ids = [newRunID("sweep"), newRunID("sweep"), newRunID("sweep")]
        let children = try ids.map { id in
            try ChildProcess("sleep", ["1000"], environment: ["AGENT_RUN_ID": id])
        }
        let other = try ChildProcess(
            "sleep", ["1000"], environment: ["AGENT_RUN_ID": ids[0] + "0", "XAGENT_RUN_ID": ids[0]])
        try await waitUntil("all of them") { OrphanSweep.count(runIDs: ids) == 3 }
        #expect(OrphanSweep.kill(runIDs: ids.prefix(2)) >= 2)
        for child in children.prefix(2) { #expect(try await child.wait() == .signal(SIGKILL)) }
        #expect(OrphanSweep.count(runIDs: ids) == 1)
        #expect(children[2].ended == nil)
        #expect(other.ended == nil)
        #expect(OrphanSweep.kill(runIDs: []) == 0)
        #expect(OrphanSweep.kill(runIDs: ["", String(repeating: "x", count: 64), "a\0b"]) == 0)
    }

    @Test func `a mark is found behind an environment of any size`() async throws {
        let runID = newRunID("sweep")
        var environment = ["AGENT_RUN_ID": runID]
        for number in 0..<200 {
            environment["V\(number)"] = String(repeating: "x", count: 97 + number)
        }
        let child = try ChildProcess("sleep", ["1000"], environment: environment)
        try await waitUntil("the process") { OrphanSweep.count(runIDs: [runID]) == 1 }
        OrphanSweep.kill(runIDs: [runID])
        #expect(try await child.wait() == .signal(SIGKILL))
    }
}
