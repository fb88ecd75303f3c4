import Automation
import Glibc
import TestSupport
import Testing

/// The system's `ssh` against a real `sshd`.
struct SSHAdapterTests {
    private let processes: ProcessRunner
    private let adapter: SSHAdapter
    private let server: SSHServer

    init() async throws {
        processes = try ProcessRunner()
        adapter = SSHAdapter(processes)
        server = try await SSHServer()
    }

    private func endpoint(_ change: (inout SSHEndpoint) -> Void = { _ in }) -> SSHEndpoint {
        var endpoint = SSHEndpoint(
            host: "127.0.0.1", port: server.port, user: server.user,
            identityFile: server.identityFile, knownHostsFile: server.knownHostsFile,
            connectTimeout: .seconds(60))
        change(&endpoint)
        return endpoint
    }

    private func order(
        _ command: [String], _ endpoint: SSHEndpoint? = nil, runID: String = newRunID("ssh"),
        killGrace: Duration = .seconds(30)
    ) -> RunOrder {
        RunOrder(
            runID: runID,
            device: Device(id: "there", site: "test", endpoint: .ssh(endpoint ?? self.endpoint())),
            command: command, killGrace: killGrace)
    }

    private func script(_ text: String, killGrace: Duration = .seconds(30)) -> RunOrder {
        order([text], endpoint { $0.usesShell = true }, killGrace: killGrace)
    }

    private func failure(_ endpoint: SSHEndpoint, _ adapter: SSHAdapter? = nil) async
        -> AdapterFailure?
    {
        await #expect(throws: AdapterFailure.self) {
            try await (adapter ?? self.adapter).execute(
                order(["true"], endpoint), output: Said().output)
        }
    }

    @Test func `a command runs with the right key, its words are its own and its errors in order`()
        async throws
    {
        let said = Said()
        let words = ["printf", "%s|", "$HOME", "a b", "", "it's", "*", "\"", "\\", "x\ny"]
        #expect(try await adapter.execute(order(words), output: said.output) == .code(0))
        #expect(said.text == "$HOME|a b||it's|*|\"|\\|x\ny|")
        let more = Said()
        let mixed = script("for n in 1 2 3; do echo out $n; echo err $n >&2; done")
        #expect(try await adapter.execute(mixed, output: more.output) == .code(0))
        #expect(more.text == "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n")
        await adapter.stop()
    }

    @Test func `the command's environment is what the device gives and the run's mark`()
        async throws
    {
        let said = Said()
        let order = order(["env"], endpoint { $0.environment = ["SITE": "a'b c"] })
        #expect(try await adapter.execute(order, output: said.output) == .code(0))
        #expect(said.lines.contains("SITE=a'b c"))
        #expect(said.lines.contains("AGENT_RUN_ID=\(order.runID)"))
        await adapter.stop()
    }

    @Test(arguments: ["/bin/bash", "/usr/bin/fish", "/bin/tcsh"])
    func `every login shell passes a command and its variables on unchanged`(shell: String)
        async throws
    {
        // As `sshd` starts a login shell: with the command behind -c.
        let directory = try TemporaryDirectory()
        let login = try directory.write(
            "#!/bin/sh\nexec \(shell) -c \"$SSH_ORIGINAL_COMMAND\"\n", to: "login")
        chmod(login, 0o755)
        let other = try await SSHServer("ForceCommand \(login)")
        let endpoint = SSHEndpoint(
            host: "127.0.0.1", port: other.port, user: other.user,
            identityFile: other.identityFile, knownHostsFile: other.knownHostsFile,
            connectTimeout: .seconds(60), environment: ["SAID": #"a\\b'!\#nc"#, "IFS": "/"])
        let words = [
            #"c\\d"#, #"\'"#, "$HOME", "a  b", "", "it's", "*", "\"", "!", "!!", "`id`", "x\ny",
            "\n", "~",
        ]
        let said = Said()
        let script = #"for word; do printf '%s|' "$word"; done; printf %s "$SAID""#
        let order = order(["/bin/sh", "-c", script, "sh"] + words, endpoint)
        #expect(try await adapter.execute(order, output: said.output) == .code(0))
        #expect(said.text == words.map { $0 + "|" }.joined() + #"a\\b'!\#nc"#)
        await adapter.stop()
    }

    @Test func `neither words nor variables stand in a list of processes`() async throws {
        let said = Said()
        let order = order(
            ["sh", "-c", "ps -eo args; : word-$0"],
            endpoint { $0.environment = ["PASSWORD": "value-of-the-variable"] })
        #expect(try await adapter.execute(order, output: said.output) == .code(0))
        #expect(said.lines.contains { $0.contains("sh -c ps -eo args") })
        #expect(!said.text.contains("value-of-the-variable"))
        #expect(!said.lines.contains { $0.hasPrefix("ssh ") && $0.contains("ps -eo args") })
        await adapter.stop()
    }

    @Test func `a long command and long variables arrive whole`() async throws {
        let (word, value) = (
            String(repeating: "w'\n", count: 30_000), String(repeating: "v", count: 60_000)
        )
        let said = Said()
        let order = order(
            ["sh", "-c", "printf '%s' \"$1\" | wc -c; printf '%s' \"$LONG\" | wc -c", "sh", word],
            endpoint { $0.environment = ["LONG": value] })
        #expect(try await adapter.execute(order, output: said.output) == .code(0))
        #expect(said.text == "90000\n60000\n")
        await adapter.stop()
    }

    @Test func `a device without a shell gets the command as it is`() async throws {
        let directory = try TemporaryDirectory()
        let router = try directory.write(
            """
            #!/bin/bash
            case "$SSH_ORIGINAL_COMMAND" in
              "show version") echo "ExampleOS 15.2"; exit 0 ;;
              "gone") exit 255 ;;
              "hang") sleep 1000 ;;
              *) echo "Line has invalid autocommand: $SSH_ORIGINAL_COMMAND"; exit 1 ;;
            esac
            """, to: "router")
        chmod(router, 0o755)
        let other = try await SSHServer("ForceCommand \(router)")
        let endpoint = SSHEndpoint(
            host: "127.0.0.1", port: other.port, user: other.user,
            identityFile: other.identityFile, knownHostsFile: other.knownHostsFile,
            connectTimeout: .seconds(60), isRaw: true)
        let said = Said()
        #expect(
            try await adapter.execute(order(["show", "version"], endpoint), output: said.output)
                == .code(0))
        #expect(said.text == "ExampleOS 15.2\n")
        let wrong = Said()
        #expect(
            try await adapter.execute(order(["sh 'x'"], endpoint), output: wrong.output) == .code(1)
        )
        #expect(wrong.text == "Line has invalid autocommand: sh 'x'\n")
        // Whether that was begun is not known, so it is begun no second time.
        let gone = await #expect(throws: AdapterFailure.self) {
            try await adapter.execute(order(["gone"], endpoint), output: Said().output)
        }
        #expect(gone?.reason == "session_refused")
        let lines = await #expect(throws: AdapterFailure.self) {
            try await adapter.execute(order(["a\nreload"], endpoint), output: Said().output)
        }
        #expect(lines?.reason == "invalid_command")
        let run = Task {
            try await adapter.execute(order(["hang"], endpoint), output: Said().output)
        }
        try await waitUntil { await adapter.connectionCount == 1 }
        run.cancel()
        _ = try? await run.value
        await adapter.stop()
    }

    @Test(arguments: [1, 3]) func `what a server allows on a connection is remembered`(most: Int)
        async throws
    {
        let strict = try await SSHServer("MaxSessions \(most)")
        let endpoint = SSHEndpoint(
            host: "127.0.0.1", port: strict.port, user: strict.user,
            identityFile: strict.identityFile, knownHostsFile: strict.knownHostsFile,
            connectTimeout: .seconds(60))
        for _ in 0..<2 {
            try await withThrowingTaskGroup(of: RunExit.self) { group in
                for _ in 0..<24 {
                    group.addTask {
                        try await adapter.execute(
                            order(["sleep", "0.3"], endpoint), output: Said().output)
                    }
                }
                for try await exit in group { #expect(exit == .code(0)) }
            }
        }
        await adapter.stop()
    }

    @Test func `a server that drops connections by chance is asked again`() async throws {
        let busy = try await SSHServer("MaxStartups 1:90:100")
        try await withThrowingTaskGroup(of: RunExit.self) { group in
            for number in 0..<12 {
                // Each an endpoint, and so a connection, of its own.
                let endpoint = SSHEndpoint(
                    host: "127.0.0.1", port: busy.port, user: busy.user,
                    identityFile: busy.identityFile, knownHostsFile: busy.knownHostsFile,
                    connectTimeout: .seconds(100 + number))
                group.addTask {
                    try await adapter.execute(order(["true"], endpoint), output: Said().output)
                }
            }
            for try await exit in group { #expect(exit == .code(0)) }
        }
        await adapter.stop()
    }

    @Test func `a key that cannot be used is named with its trouble`() async throws {
        let directory = try TemporaryDirectory()
        let locked = directory.path("locked")
        let made = try await ChildProcess.run(
            "ssh-keygen", ["-q", "-t", "ed25519", "-N", "hunter2", "-f", locked])
        #expect(made.exit == .code(0))
        let noKey = try directory.write("nothing", to: "nothing")
        chmod(noKey, 0o600)
        for (file, words) in [
            (locked, "has a passphrase"), (directory.path("none"), "No such file"),
            (noKey, "is no private key"),
        ] {
            let failure = await failure(endpoint { $0.identityFile = file })
            #expect(failure?.reason == "auth")
            #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
            #expect(failure?.message.contains(file) == true)
        }
        await adapter.stop()
    }

    @Test(arguments: [0, 1, 7, 126, 127, 254, 255])
    func `every exit code is the command's own, 255 too`(code: Int32) async throws {
        let said = Said()
        #expect(
            try await adapter.execute(script("echo on; exit \(code)"), output: said.output)
                == .code(code))
        #expect(said.text == "on\n")
        await adapter.stop()
    }

    @Test func `a program that is not there is the command's failure`() async throws {
        let exit = try await adapter.execute(order(["no-such-program"]), output: Said().output)
        #expect(exit == .code(127))
        await adapter.stop()
    }

    @Test func `output of any kind and size comes through unchanged`() async throws {
        let said = Said()
        let order = script("head -c 3000000 /dev/zero; printf '\\036\\036end'")
        #expect(try await adapter.execute(order, output: said.output) == .code(0))
        #expect(said.count == 3_000_005)
        #expect(said.text.hasSuffix("\u{1e}\u{1e}end"))
        await adapter.stop()
    }

    @Test func `output that nobody wants is dropped and the command still ends`() async throws {
        let said = Said(limit: 1000)
        let order = script("head -c 3000000 /dev/zero; exit 5")
        #expect(try await adapter.execute(order, output: said.output) == .code(5))
        #expect(said.count < 200_000)
        await adapter.stop()
    }

    @Test func `an unknown or another host key is refused, and a new one taken where allowed`()
        async throws
    {
        let empty = try TemporaryDirectory()
        let unknown = try empty.write("", to: "known")
        for file in [server.wrongHostsFile, unknown] {
            let failure = await failure(endpoint { $0.knownHostsFile = file })
            #expect(failure?.kind == "connect")
            #expect(failure?.reason == "host_key")
        }
        let taking = endpoint {
            $0.knownHostsFile = unknown
            $0.hostKeyPolicy = .acceptNew
        }
        let exit = try await adapter.execute(order(["true"], taking), output: Said().output)
        #expect(exit == .code(0))
        let changed = await failure(
            endpoint {
                $0.knownHostsFile = server.wrongHostsFile
                $0.hostKeyPolicy = .acceptNew
            })
        #expect(changed?.reason == "host_key")
        await adapter.stop()
    }

    @Test func `a key that is not let in is a failure of its own class`() async throws {
        let failure = await failure(endpoint { $0.identityFile = server.strangersFile })
        #expect(failure?.kind == "auth")
        #expect(failure?.reason == "auth")
        await adapter.stop()
    }

    @Test func `nobody there, and somebody who does not answer, are told apart`() async throws {
        let closed = try freePort()
        let refused = await failure(endpoint { $0.port = closed })
        #expect(refused?.reason == "connect")
        let nowhere = await failure(endpoint { $0.host = "host.invalid" })
        #expect(nowhere?.reason == "connect")
        // Takes connections and says nothing.
        let silent = try ChildProcess(
            "socat", ["TCP-LISTEN:\(closed),bind=127.0.0.1,reuseaddr,fork", "EXEC:sleep 1000"])
        try await waitUntil("socat to listen") { (try? Connection(.tcp, port: closed)) != nil }
        let late = await failure(
            endpoint {
                $0.port = closed
                $0.connectTimeout = .seconds(1)
            })
        #expect(late?.reason == "timeout")
        silent.terminate()
        await adapter.stop()
    }

    @Test func `no host, user or path can be taken for an option`() async throws {
        let rows: [(inout SSHEndpoint) -> Void] = [
            { $0.host = "-oProxyCommand=touch /tmp/x" }, { $0.host = "" }, { $0.host = "a b" },
            { $0.host = "h\n" }, { $0.host = "user@h;x" }, { $0.user = "-l" }, { $0.user = "" },
            { $0.user = "a b" }, { $0.port = 0 }, { $0.identityFile = "relative" },
            { $0.identityFile = "/a\" ProxyCommand=x" }, { $0.knownHostsFile = "/${HOME}/x" },
            { $0.knownHostsFile = "/a\nProxyCommand x" }, { $0.configFile = "none" },
        ]
        for change in rows {
            let failure = await failure(endpoint(change))
            #expect(failure?.reason == "invalid_endpoint", "\(endpoint(change))")
        }
        let names = await failure(endpoint { $0.environment = ["A=B": "c"] })
        #expect(names?.reason == "invalid_command")
        await adapter.stop()
    }

    @Test func `paths with spaces and percent signs are read as they are`() async throws {
        let directory = try TemporaryDirectory()
        let hosts = try ContentsOf(server.knownHostsFile)
        let file = try directory.write(hosts.bytes, to: "a b/%h known")
        let exit = try await adapter.execute(
            order(["true"], endpoint { $0.knownHostsFile = file }), output: Said().output)
        #expect(exit == .code(0))
        await adapter.stop()
    }

    @Test func `runs share connections, ten to each, and stopping ends them all`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let said = Said()
                    let exit = try await adapter.execute(
                        order(["sh", "-c", "sleep 0.2; echo \(number); exit \(number)"]),
                        output: said.output)
                    #expect(exit == .code(Int32(number)))
                    #expect(said.text == "\(number)\n")
                }
            }
            try await group.waitForAll()
        }
        let accepted = server.accepted
        #expect((1...3).contains(accepted))
        #expect(await adapter.connectionCount == accepted)
        for _ in 0..<5 { _ = try await adapter.execute(order(["true"]), output: Said().output) }
        #expect(server.accepted == accepted)
        await adapter.stop()
        #expect(await adapter.connectionCount == 0)
        try await waitUntil("the server's connections to end") { try server.connections().isEmpty }
    }

    @Test func `a server that allows fewer sessions gets more connections`() async throws {
        let strict = try await SSHServer("MaxSessions 2")
        let endpoint = SSHEndpoint(
            host: "127.0.0.1", port: strict.port, user: strict.user,
            identityFile: strict.identityFile, knownHostsFile: strict.knownHostsFile)
        try await withThrowingTaskGroup(of: RunExit.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await adapter.execute(
                        order(["sleep", "0.5"], endpoint), output: Said().output)
                }
            }
            for try await exit in group { #expect(exit == .code(0)) }
        }
        await adapter.stop()
    }

    @Test func `an idle connection is closed`() async throws {
        let brief = SSHAdapter(processes, idleTime: .milliseconds(50))
        _ = try await brief.execute(order(["true"]), output: Said().output)
        try await waitUntil("the connection to end") { try server.connections().isEmpty }
        _ = try await brief.execute(order(["true"]), output: Said().output)
        await brief.stop()
    }

    @Test func `a connection cut in the middle of a run is lost, and the command ends over there`()
        async throws
    {
        let (order, said) = (script("echo on; sleep 1000; echo never"), Said())
        let run = Task { try await adapter.execute(order, output: said.output) }
        try await waitUntil("the command") { said.text == "on\n" }
        try server.cutConnections()
        let failure = await #expect(throws: AdapterFailure.self) { try await run.value }
        #expect(failure?.kind == "session")
        #expect(failure?.reason == "connection_lost")
        try await waitUntil("the command's end") { OrphanSweep.count(runIDs: [order.runID]) == 0 }
        // The next one gets a connection of its own.
        #expect(try await adapter.execute(self.order(["true"]), output: said.output) == .code(0))
        await adapter.stop()
    }

    @Test func `canceling ends the command over there, and waits for what it has to say`()
        async throws
    {
        let said = Said()
        let order = script("trap 'echo bye; exit 6' TERM; echo on; while :; do sleep 0.01; done")
        let run = Task { try await adapter.execute(order, output: said.output) }
        try await waitUntil("the command") { said.text == "on\n" }
        run.cancel()
        #expect(try await run.value == .code(6))
        #expect(said.text.hasSuffix("bye\n"))
        await adapter.stop()
    }

    @Test func `a command that ignores TERM is killed over there`() async throws {
        let said = Said()
        let order = script(
            "trap '' TERM; echo on; while :; do sleep 0.01; done", killGrace: .seconds(1))
        let run = Task { try await adapter.execute(order, output: said.output) }
        try await waitUntil("the command") { said.text == "on\n" }
        run.cancel()
        #expect(try await run.value == .code(128 + SIGKILL))
        #expect(OrphanSweep.count(runIDs: [order.runID]) == 0)
        await adapter.stop()
    }

    @Test func `what a command leaves behind does not hold the run`() async throws {
        let said = Said()
        let order = script("sleep 1000 & setsid sleep 1000 & echo on; exit 3")
        #expect(try await adapter.execute(order, output: said.output) == .code(3))
        #expect(said.text == "on\n")
        OrphanSweep.kill(runIDs: [order.runID])
        await adapter.stop()
    }

    @Test func `a shell that begins nothing is no connection's fault`() async throws {
        let other = try await SSHServer("ForceCommand echo not today; exit 1")
        let endpoint = SSHEndpoint(
            host: "127.0.0.1", port: other.port, user: other.user,
            identityFile: other.identityFile, knownHostsFile: other.knownHostsFile)
        let failure = await failure(endpoint)
        #expect(failure?.reason == "session_refused")
        #expect(failure?.message.contains("not today") == true)
        await adapter.stop()
    }

    @Test func `a client that is not there is said so`() async throws {
        let adapter = SSHAdapter(processes, program: "no-such-ssh")
        let failure = await failure(endpoint(), adapter)
        #expect(failure?.kind == "spawn")
        #expect(failure?.reason == "not_found")
        await adapter.stop()
    }
}

/// A file's bytes.
private struct ContentsOf {
    var bytes: [UInt8] = []

    init(_ path: String) throws {
        guard let file = fopen(path, "r") else { throw SystemCallFailed(path) }
        defer { fclose(file) }
        var byte: UInt8 = 0
        while fread(&byte, 1, 1, file) == 1 { bytes.append(byte) }
    }
}
