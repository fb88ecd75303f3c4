import Foundation
import TestSupport
import Testing

struct ChildProcessTests {
    @Test func `output, errors and exit code of a program are kept apart`() async throws {
        let outcome = try await ChildProcess.run(
            "sh", ["-c", "echo said; echo complained >&2; exit 3"])
        #expect(outcome.exit == .code(3))
        #expect(outcome.output == "said\n")
        #expect(outcome.errors == "complained\n")
    }

    @Test func `what several threads or processes say at once is all kept`() async throws {
        let say = "for i in $(seq 3000); do echo $1; done"
        let outcome = try await ChildProcess.run(
            "sh", ["-c", "for n in 1 2 3 4; do sh -c '\(say)' say $n & done; wait"])
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 12_000)
        #expect(lines.count { $0 == "4" } == 3000)
    }

    @Test func `a program reads exactly the input it is given, whatever its size`() async throws {
        let input = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let outcome = try await ChildProcess.run("cat", input: input)
        #expect(outcome.outputBytes == input)
    }

    @Test func `environment and directory are the child's own`() async throws {
        let directory = try TemporaryDirectory()
        let outcome = try await ChildProcess.run(
            "sh", ["-c", "pwd; echo \"${COLOUR-none} ${HOME-none}\""],
            environment: ["COLOUR": "green", "HOME": ""], directory: directory.path)
        #expect(outcome.output == "\(directory.path)\ngreen none\n")
    }

    @Test func `a child sees no file of ours but its three streams`() async throws {
        let ours = dup(2)
        defer { close(ours) }
        let outcome = try await ChildProcess.run(
            "sh", ["-c", "test -e /proc/$$/fd/2 && test ! -e /proc/$$/fd/\(ours)"])
        #expect(outcome.exit == .code(0))
    }

    @Test func `a terminated child ends by that signal and is told of no more`() async throws {
        let child = try ChildProcess("sleep", ["1000"])
        #expect(child.ended == nil)
        child.terminate()
        #expect(try await child.wait() == .signal(SIGTERM))
        child.terminate()
        #expect(child.ended == .signal(SIGTERM))
    }

    @Test func `a child does not outlive its owner`() throws {
        var child: ChildProcess? = try ChildProcess("sleep", ["1000"])
        let processID = try #require(child?.processID)
        #expect(kill(processID, 0) == 0)
        child = nil
        #expect(kill(processID, 0) == -1)
    }

    @Test func `a line is waited for while the process runs`() async throws {
        let child = try ChildProcess(
            "sh", ["-c", "printf 'listening on '; sleep 0.05; echo 4711; exec sleep 1000"])
        let line = try await child.waitForLine(containing: "listening", in: .output)
        #expect(line == "listening on 4711")
    }

    @Test func `a process that ends without the line says so with its output`() async throws {
        let child = try ChildProcess("sh", ["-c", "echo no such option >&2; exit 2"])
        let failure = await #expect(throws: ChildProcess.EndedEarly.self) {
            try await child.waitForLine(containing: "listening")
        }
        #expect(failure?.description.contains("no such option") == true)
    }

    @Test func `a passed deadline shows what the process said`() async throws {
        let child = try ChildProcess("sh", ["-c", "echo busy; exec sleep 1000"])
        _ = try await child.waitForLine(containing: "busy", in: .output)
        let failure = await #expect(throws: DeadlinePassed.self) {
            try await child.wait(deadline: .milliseconds(5))
        }
        #expect(failure?.description.contains("busy") == true)
    }

    @Test func `a program that is not there is an error that names it`() {
        let failure = #expect(throws: SystemCallFailed.self) {
            try ChildProcess("no-such-program")
        }
        #expect(failure?.code == ENOENT)
        #expect(failure?.description.contains("no-such-program") == true)
    }
}
