import Foundation
import Glibc
import TestSupport
import Testing

/// `agent runs …` and `agent quota …` against a running agent.
@Suite(.serialized) struct RunsCommandTests {
    private let automated: AutomatedAgent

    init() async throws { automated = try await AutomatedAgent() }

    private func start(_ options: [String], _ command: [String]) async throws
        -> ChildProcess.Outcome
    {
        try await automated.command(["runs", "start"] + options, behind: command)
    }

    @Test func `a run is followed with its output as it was, and its exit code`() async throws {
        let outcome = try await start(["box", "--follow"], [#"echo out; printf '\377'; exit 3"#])
        #expect(outcome.exit == .code(3))
        #expect(outcome.outputBytes == Array("out\n".utf8) + [0xFF])
        #expect(outcome.errors.contains("the command ended with exit code 3"))
        let good = try await start(["strict", "--follow"], ["echo", "a  b", "$HOME"])
        #expect(good.exit == .code(0) && good.output == "a  b $HOME\n" && good.errors == "")
    }

    @Test func `one that is not followed is named, and can be followed later`() async throws {
        let started = try await start(["box"], ["sleep 0.5; echo later"])
        #expect(started.exit == .code(0))
        let id = started.output.trimmingCharacters(in: .newlines)
        let followed = try await automated.command("runs", "follow", id)
        #expect(followed.exit == .code(0) && followed.output == "later\n")
        let shown = try await automated.command("runs", "show", id)
        #expect(shown.output.contains("status        ok\n"))
        let listed = try await automated.command("runs", "list", "--device", "box", "--limit", "5")
        #expect(listed.output.contains(id) && listed.output.contains("sleep 0.5; echo later"))
        let json = try await automated.command("runs", "show", id, "--json")
        let object =
            try JSONSerialization.jsonObject(with: Data(json.outputBytes)) as? AutomatedAgent.Object
        #expect(object?["id"] as? String == id)
        #expect((object?["requested_by"] as? String)?.hasPrefix("cli:") == true)
    }

    @Test func `how a run ended is its exit code`() async throws {
        #expect(
            try await start(["box", "--wait", "--timeout", "200ms"], ["sleep 60"]).exit
                == .code(124))
        async let canceled = start(["box", "--wait"], ["sleep 60"])
        let id = try await waitFor("the run") { () async throws -> String? in
            let runs = try await automated.get("/v1/runs?status=running")["runs"]
            return (runs as? [AutomatedAgent.Object])?.first?["id"] as? String
        }
        let cancel = try await automated.command("runs", "cancel", id)
        #expect(cancel.exit == .code(0))
        #expect(try await canceled.exit == .code(130))
        let again = try await automated.command("runs", "cancel", id)
        #expect(again.exit == .code(1) && again.errors.contains("has ended already"))
        let spawned = try await automated.command(
            ["runs", "start", "strict", "--wait"], behind: ["echo-not"])
        #expect(spawned.exit == .code(125))
    }

    @Test func `what the agent refuses is one sentence, and an exit code of its own`() async throws
    {
        let unknown = try await start(["bax"], ["x"])
        #expect(unknown.exit == .code(1))
        #expect(
            unknown.errors
                == "the agent answered 422: there is no device \"bax\"; there are: box, strict\n")
        let busy = try await automated.act("PUT", "/v1/quota", #"{"global": 0}"#)
        #expect(busy.status == 200)
        let refused = try await start(["box"], ["true"])
        #expect(refused.exit == .code(75))
        #expect(refused.errors.contains("the global quota of 0"))
        let held = try await automated.command(
            ["quota", "hold", "--site", "lab"], behind: ["echo", "not run"])
        #expect(held.exit == .code(75) && held.output == "")
    }

    @Test func `without the token, or without an agent, that is said`() async throws {
        let address = ["--address", "127.0.0.1:\(automated.agent.port)"]
        let untrusted = try await ChildProcess.run(
            agentExecutable, ["runs", "start", "box"] + address + ["--", "true"],
            environment: ["AGENT_TOKEN": "", "AGENT_TOKEN_FILE": ""])
        #expect(untrusted.exit == .code(1))
        #expect(untrusted.errors.contains("--token-file"))
        let byVariable = try await ChildProcess.run(
            agentExecutable, ["runs", "start", "box", "--wait"] + address + ["--", "true"],
            environment: ["AGENT_TOKEN": automated.token])
        #expect(byVariable.exit == .code(0), "\(byVariable.errors)")
        let byFile = try await ChildProcess.run(
            agentExecutable, ["runs", "start", "box", "--wait"] + address + ["--", "true"],
            environment: ["AGENT_TOKEN_FILE": automated.agent.directory.path("run/agent.token")])
        #expect(byFile.exit == .code(0), "\(byFile.errors)")
        let nobody = try await ChildProcess.run(
            agentExecutable, ["runs", "list", "--address", "127.0.0.1:1"])
        #expect(nobody.exit == .code(1))
        #expect(
            nobody.errors
                == "cannot reach an agent at 127.0.0.1:1: Connection refused; is it running there?\n"
        )
    }

    @Test func `who follows a run comes back to an agent that was started again`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await AutomatedAgent(in: directory, port: try freePort())
        let id = try await first.start("echo begun; sleep 300")
        let following = try ChildProcess(
            agentExecutable, ["runs", "follow", id] + first.target)
        _ = try await following.waitForLine(containing: "begun", in: .output)
        first.agent.process.signal(SIGKILL)
        _ = try await following.waitForLine(containing: "the connection to the agent was lost")
        let second = try await AutomatedAgent(in: directory, port: first.agent.port)
        #expect(try await following.wait() == .code(125))
        #expect(following.output == "begun\n")
        #expect(following.errors.contains("the agent was restarted while it ran"))
        #expect(try await second.active() == 0)
    }

    // MARK: Holds

    @Test func `a place is held while the command runs, whose exit code and output are its own`()
        async throws
    {
        let outcome = try await automated.command(
            ["quota", "hold", "--site", "lab"], behind: ["sh", "-c", "echo $0 out; exit 9", "x"])
        #expect(outcome.exit == .code(9))
        #expect(outcome.output == "x out\n" && outcome.errors == "")
        #expect(try await automated.active() == 0)
        #expect(
            try await automated.agent.samples()[
                #"quota_checkins_total{scope="site",site="lab",reason="normal"}"#] == 1)
        let missing = try await automated.command(
            ["quota", "hold", "--site", "lab"], behind: ["no-such-program"])
        #expect(missing.exit == .code(127))
        try await waitUntil("the place to be free") { try await automated.active() == 0 }
    }

    @Test func `limits are changed one by one, and what is not named stays`() async throws {
        func limits() async throws -> String {
            let state = try await automated.get("/v1/quota")
            let sites = (state["sites"] as? [AutomatedAgent.Object] ?? []).filter {
                $0["own_limit"] is Int
            }
            let global = (state["global"] as? AutomatedAgent.Object)?["limit"] as? Int ?? -1
            return "\(global) "
                + sites.map { "\($0["site"] ?? ""):\($0["own_limit"] as? Int ?? -1)" }
                .joined(separator: " ") + " \(state["other_sites"] as? Int ?? -1)"
        }
        #expect(try await limits() == "4 lab:2 -1")
        let set = try await automated.command(
            "quota", "set", "--global", "9", "--site", "a=b=3", "--other-sites", "1")
        #expect(set.exit == .code(0) && set.output.contains("other sites: 1 each"), "\(set.errors)")
        #expect(try await limits() == "9 a=b:3 lab:2 1")
        let json = try await automated.command("quota", "set", "--site", "a=b=none", "--json")
        #expect(json.exit == .code(0) && json.output.hasPrefix("{"))
        #expect(try await limits() == "9 lab:2 1")
        let freed = try await automated.command("quota", "set", "--other-sites", "none")
        #expect(freed.exit == .code(0) && freed.output.contains("no limit of their own"))
        #expect(try await limits() == "9 lab:2 -1")
        for wrong in [
            ["--site", "lab"], ["--site", "=3"], ["--site", "lab=many"], [],
            ["--other-sites", "few"], ["--global", "-1"], ["--unknown-sites", "sometimes"],
        ] {
            let outcome = try await ChildProcess.run(
                agentExecutable, ["quota", "set"] + wrong + automated.target)
            #expect(outcome.exit != .code(0) && !outcome.errors.isEmpty, "\(wrong)")
        }
        #expect(try await limits() == "9 lab:2 -1")
    }

    /// `agent quota hold` around a command that tells what becomes of it.
    private func holding(_ script: String) async throws -> ChildProcess {
        let child = try ChildProcess(
            agentExecutable,
            ["quota", "hold", "--site", "lab"] + automated.target + ["--", "sh", "-c", script])
        _ = try await child.waitForLine(containing: "begun", in: .output)
        return child
    }

    @Test func `signals reach the command`() async throws {
        let child = try await holding(
            "trap 'echo told; exit 5' TERM; echo begun; while :; do sleep 0.1; done")
        #expect(try await automated.active() == 1)
        child.terminate()
        #expect(try await child.wait() == .code(5))
        #expect(child.output == "begun\ntold\n")
        #expect(try await automated.active() == 0)
        for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] {
            let plain = try await holding("ulimit -c 0; echo begun; exec sleep 300")
            plain.signal(number)
            #expect(try await plain.wait() == .code(128 + number))
        }
        let killed = try await holding("echo begun; kill -9 $$")
        #expect(try await killed.wait() == .code(137))
    }

    @Test func `a holder that is killed gives its place back`() async throws {
        let child = try await holding("echo $$ begun; exec sleep 1000")
        #expect(try await automated.active() == 1)
        let command = try #require(child.output.split(separator: " ").first.flatMap { Int32($0) })
        defer { kill(command, SIGKILL) }
        child.signal(SIGKILL)
        try await waitUntil("the place to be free") { try await automated.active() == 0 }
        // What it was held for goes on.
        #expect(kill(command, 0) == 0)
    }

    @Test func `where the agent goes away, the command goes on, and it is said`() async throws {
        let child = try await holding("echo begun; sleep 1.5; echo done; exit 4")
        automated.agent.process.signal(SIGKILL)
        #expect(try await child.wait() == .code(4))
        #expect(child.output == "begun\ndone\n")
        #expect(
            child.errors
                == "the agent is gone, and with it the place in the quota; the command goes on\n")
    }

    @Test func `the quota is shown with who is in`() async throws {
        let id = try await automated.start("sleep 60")
        let shown = try await automated.command("quota", "show")
        #expect(shown.output.contains("lab") && shown.output.contains("run \(id)"))
        let json = try await automated.command("quota", "show", "--json")
        #expect(
            try JSONSerialization.jsonObject(with: Data(json.outputBytes)) is AutomatedAgent.Object)
    }
}
