import Automation
import Glibc
import TestSupport
import Testing

struct LocalAdapterTests {
    private let adapter: LocalAdapter
    private let processes: ProcessRunner

    init() throws {
        processes = try ProcessRunner()
        adapter = LocalAdapter(processes)
    }

    @Test func `output and errors arrive in the order they were written in`() async throws {
        let said = Said()
        let exit = try await adapter.execute(
            .shell("for n in 1 2 3; do echo out $n; echo err $n >&2; done; exit 7"),
            output: said.output)
        #expect(exit == .code(7))
        #expect(said.text == "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n")
    }

    @Test func `a command is words and no shell sees them`() async throws {
        let said = Said()
        let exit = try await adapter.execute(
            .local(["printf", "%s|", "$HOME", "a b", "", "*", "; exit 9"]), output: said.output)
        #expect(exit == .code(0))
        #expect(said.text == "$HOME|a b||*|; exit 9|")
    }

    @Test func `with a shell the first word is its script and the others are its arguments`()
        async throws
    {
        let said = Said()
        let endpoint = LocalEndpoint(usesShell: true)
        let exit = try await adapter.execute(
            .local(["echo \"$#:$1:$2\"", "a b", "$HOME"], endpoint), output: said.output)
        #expect(exit == .code(0))
        #expect(said.text == "2:a b:$HOME\n")
    }

    @Test func `a signal that ends the command is told`() async throws {
        let exit = try await adapter.execute(.shell("kill -USR1 $$"), output: Said().output)
        #expect(exit == .signal(SIGUSR1))
    }

    @Test func `the environment is the device's and nothing of the agent's`() async throws {
        setenv("AGENT_TEST_SECRET", "hush", 1)
        let said = Said()
        let order = RunOrder.local(
            ["env"], LocalEndpoint(environment: ["SITE": "ams", "LANG": "C"]))
        _ = try await adapter.execute(order, output: said.output)
        let names = Set(said.lines.compactMap { $0.split(separator: "=").first })
        #expect(names == ["PATH", "HOME", "LANG", "SITE", "AGENT_RUN_ID"])
        #expect(said.lines.contains("LANG=C"))
        #expect(said.lines.contains("AGENT_RUN_ID=\(order.runID)"))
    }

    @Test func `the input is empty and no descriptor of the agent's is open`() async throws {
        let said = Said()
        let exit = try await adapter.execute(
            .shell("cat; ls /proc/$$/fd"), output: said.output)
        #expect(exit == .code(0))
        #expect(said.lines == ["0", "1", "2"])
    }

    @Test func `a command leads a session and a group of its own`() async throws {
        let said = Said()
        _ = try await adapter.execute(
            .shell("cut -d' ' -f1,5,6 /proc/$$/stat"), output: said.output)
        #expect(Set(said.text.split { $0 == " " || $0 == "\n" }).count == 1)
    }

    @Test func `a command starts in its working directory`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("#!/bin/sh\npwd\n", to: "here")
        chmod(directory.path("here"), 0o755)
        let said = Said()
        let endpoint = LocalEndpoint(workingDirectory: directory.path)
        let exit = try await adapter.execute(.local(["./here"], endpoint), output: said.output)
        #expect(exit == .code(0))
        #expect(said.text == "\(directory.path)\n")
    }

    @Test func `what is not UTF-8 and has no newlines comes through unchanged`() async throws {
        let said = Said()
        _ = try await adapter.execute(
            .local(["head", "-c", "300000", "/dev/zero"]), output: said.output)
        #expect(said.count == 300_000)
    }

    @Test func `every failure to start has its class`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("no program", to: "text")
        try directory.write("no program", to: "plain")
        try directory.write("#!/no/such/interpreter\n", to: "orphan")
        for name in ["text", "orphan"] { chmod(directory.path(name), 0o755) }
        let long = String(repeating: "x", count: 1 << 20)
        let rows: [([String], LocalEndpoint, String)] = [
            ([], LocalEndpoint(), "invalid_command"),
            ([""], LocalEndpoint(), "invalid_command"),
            (["echo", "a\0b"], LocalEndpoint(), "invalid_command"),
            (["echo"], LocalEndpoint(environment: ["A=B": "c"]), "invalid_command"),
            (["echo"], LocalEndpoint(environment: ["1A": "c"]), "invalid_command"),
            (["echo"], LocalEndpoint(environment: ["A": "c\0d"]), "invalid_command"),
            (["no-such-program"], LocalEndpoint(), "not_found"),
            (["/no/such/program"], LocalEndpoint(), "not_found"),
            ([directory.path("orphan")], LocalEndpoint(), "not_found"),
            ([directory.path("plain")], LocalEndpoint(), "permission"),
            ([directory.path], LocalEndpoint(), "permission"),
            (["plain"], LocalEndpoint(environment: ["PATH": directory.path]), "permission"),
            ([directory.path("text")], LocalEndpoint(), "not_executable"),
            (["echo"], LocalEndpoint(workingDirectory: "relative"), "working_directory"),
            (["echo"], LocalEndpoint(workingDirectory: "/no/such"), "working_directory"),
            (["echo"], LocalEndpoint(workingDirectory: "/etc/passwd"), "working_directory"),
            (["echo", long], LocalEndpoint(), "too_big"),
        ]
        for (command, endpoint, reason) in rows {
            let failure = await #expect(throws: AdapterFailure.self) {
                try await adapter.execute(.local(command, endpoint), output: Said().output)
            }
            #expect(failure?.kind == "spawn")
            #expect(
                failure?.reason == reason, "\(command.map { $0.prefix(40) }): \(failure as Any)")
        }
    }

    @Test func `many runs at once leave neither descriptors nor zombies`() async throws {
        func openDescriptors() -> Int {
            var count = 0
            guard let directory = opendir("/proc/self/fd") else { return 0 }
            defer { closedir(directory) }
            while readdir(directory) != nil { count += 1 }
            return count
        }
        let before = openDescriptors()
        for _ in 0..<20 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let said = Said()
                        let exit = try await adapter.execute(
                            number % 4 == 0
                                ? .shell("echo \(number); exec >&- 2>&-; sleep 0.01")
                                : .local(["echo", "\(number)"]), output: said.output)
                        #expect(exit == .code(0))
                        #expect(said.text == "\(number)\n")
                        await #expect(throws: AdapterFailure.self) {
                            try await adapter.execute(.local(["/no"]), output: said.output)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        // Other tests open some of their own at the same time; a leak would be hundreds.
        try await waitUntil("descriptors to be closed") { openDescriptors() < before + 100 }
        try await waitUntil("children to be waited for") {
            var status = siginfo_t()
            let code = waitid(P_ALL, 0, &status, WEXITED | WNOHANG | WNOWAIT)
            return code != 0 || status._sifields._sigchld.si_pid == 0
        }
    }

    @Test(arguments: [9, 12, 18, 24, 40, 60])
    func `without descriptors to spare a run is refused and nothing hangs`(limit: Int) async throws
    {
        let outcome = try await ChildProcess.run(
            "prlimit",
            [
                "--nofile=\(limit)", "\(builtProductsDirectory)/AdapterHost", newRunID(), "echo",
                "on",
            ])
        #expect(outcome.exit == .code(75), "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("failed resources"))
    }

    @Test(.enabled(if: geteuid() == 0, "only root may become another user"))
    func
        `a command runs as the user its device names, with that user's groups and no descriptor of the agent's`()
        async throws
    {
        let said = Said()
        let order = RunOrder.local(
            ["id; id -Gn; env; ls -l /proc/self/fd"],
            LocalEndpoint(usesShell: true, runAs: "nobody"))
        #expect(try await adapter.execute(order, output: said.output) == .code(0))
        #expect(said.lines.first?.hasPrefix("uid=65534(nobody)") == true)
        #expect(!said.text.contains("root"))
        #expect(said.lines.contains("USER=nobody"))
        #expect(said.lines.contains("AGENT_RUN_ID=\(order.runID)"))
        let names = Set(said.lines.compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(names.contains("HOME") && !names.contains("SUDO_USER"))
        // 0, 1, 2, and what ls has open.
        #expect(said.lines.count { $0.contains(" -> ") } == 4)
    }

    @Test(.enabled(if: geteuid() == 0, "only root may become another user"))
    func `a command of another user is ended with what it has started`() async throws {
        let said = Said()
        let order = RunOrder.local(
            ["trap '' TERM; setsid sleep 1000 & echo on; sleep 1000; sleep 1000"],
            LocalEndpoint(usesShell: true, runAs: "nobody"), killGrace: .milliseconds(50))
        let run = Task { try await adapter.execute(order, output: said.output) }
        try await waitUntil("the command") { said.text == "on\n" }
        run.cancel()
        #expect(try await run.value == .signal(SIGKILL))
        #expect(OrphanSweep.count(runIDs: [order.runID]) == 0)
    }

    @Test func `a user that there is not is said so, by the settings and by the run`() async throws
    {
        let endpoint = LocalEndpoint(runAs: "no-such-user")
        let failure = await #expect(throws: AdapterFailure.self) {
            try await adapter.execute(.local(["true"], endpoint), output: Said().output)
        }
        #expect(failure?.reason == "user")
        let settings = AutomationSettings(devices: [
            Device(id: "a", site: "s", endpoint: .local(endpoint)),
            Device(id: "b", site: "s", endpoint: .local(LocalEndpoint())),
        ])
        #expect(
            settings.userFaults == [
                "the device \"a\" has \"run_as\": \"no-such-user\", "
                    + "and this machine has no user 'no-such-user'"
            ])
    }
}
