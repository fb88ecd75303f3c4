import Foundation
import Glibc
import TestSupport
import Testing

/// What the agent is given by whoever starts it: too little of something, or none of its streams.
struct StartResourcesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Starts it behind a shell that has taken something away.
    private func start(
        _ line: String, _ text: AgentConfigurationText = AgentConfigurationText()
    ) throws -> ChildProcess {
        let file = try directory.write(text.text, to: "config.json")
        return try ChildProcess(
            "bash", ["-c", line, "bash", agentExecutable, "run", "--config", file])
    }

    @Test(arguments: [
        ("ulimit -n 20", "the limit of open files is 20, and the agent needs at least "),
        ("ulimit -n 32", "the limit of open files is 32, and the agent needs at least "),
        ("ulimit -n 12", "the limit of open files is 12, and this program needs at least 16"),
        ("ulimit -v 350000", " MiB of address space are needed to start"),
        ("ulimit -v 500000", " MiB of address space are needed to start"),
    ])
    func `a start with too little of something is one sentence and exit code 1`(
        limit: String, sentence: String
    ) async throws {
        let process = try start("\(limit); exec \"$@\"")
        #expect(try await process.wait() == .code(1))
        #expect(process.errors.contains(sentence), "\(process.errors)")
        #expect(process.errors.contains("raise it") || process.errors.contains("raise the limit"))
        #expect(process.errors.split(separator: "\n").count == 1, "\(process.errors)")
    }

    @Test func `a limit below what the configuration allows is told, and shared out`() async throws
    {
        var text = AgentConfigurationText()
        text.http += #", "max_connections": 300"#
        let process = try start("ulimit -n 200; exec \"$@\"", text)
        let told = try await process.waitForLine(containing: "the limit of open files is 200")
        #expect(told.contains("of 300 connections") && told.contains("of 1024"), "\(told)")
        try await process.waitForLine("ready")
    }

    @Test func `the limit of open files is raised for the agent, and not for its commands`()
        async throws
    {
        var text = AgentConfigurationText()
        text.top = AutomatedAgent.devices
        let process = try start("ulimit -S -n 333; exec \"$@\"", text)
        try await process.waitForLine("ready")
        let limits = try String(
            contentsOfFile: "/proc/\(process.processID)/limits", encoding: .utf8)
        let files = try #require(limits.split(separator: "\n").first { $0.contains("open files") })
        let numbers = files.split(separator: " ").compactMap { Int($0) }
        #expect(numbers.count == 2 && numbers[0] == numbers[1], "\(files)")

        let banner = process.errors
        let port = try #require(
            banner.firstMatch(of: /health +http:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) })
        let token = try String(
            contentsOfFile: directory.path("run/agent.token"), encoding: .utf8
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let command = "until test $(ulimit -S -n) = 333; do sleep 0.05; done"
        let answer = try await HTTPClient(port: port).post(
            "/v1/runs", #"{"device_id":"box","command":"\#(command)"}"#,
            headers: ["Authorization": "Bearer \(token)"])
        let id = try #require(
            answer.text.firstMatch(of: /"id":"([0-9a-f-]+)"/)?.1, "\(answer.text)")
        try await waitUntil("the command to see its limit") {
            try await HTTPClient(port: port).get("/v1/runs/\(id)").text
                .contains(#""status":"ok""#)
        }
    }

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func `a stream that was closed is opened on nothing, so that no file gets its number`(
        closed: String
    ) async throws {
        let port = try freePort()
        let process = try start(
            "exec \"$@\" \(closed)",
            AgentConfigurationText(http: "\"listen\": \"127.0.0.1:\(port)\""))
        try await waitUntil("an answer") {
            (try? await HTTPClient(port: port).get("/health"))?.status == 200
        }
        for number in 0...2 {
            let target = try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(process.processID)/fd/\(number)")
            #expect(
                target == "/dev/null" || target.hasPrefix("/memfd:child"), "\(number): \(target)")
        }
    }

    // MARK: A reader that does not read

    /// Starts it with standard error to a pipe that is full and that nobody reads.
    private func startIntoFullPipe(isBlocking: Bool, port: UInt16) throws -> ChildProcess {
        var text = AgentConfigurationText(http: "\"listen\": \"127.0.0.1:\(port)\"")
        text.top = #""log": { "level": "debug" },"#
        let file = try directory.write(text.text, to: "config.json")
        let script = """
            import fcntl, os, sys
            reading, writing = os.pipe()
            os.set_blocking(writing, False)
            try:
                while True: os.write(writing, b"x" * 4096)
            except BlockingIOError: pass
            try:
                while True: os.write(writing, b"x")
            except BlockingIOError: pass
            os.set_blocking(writing, \(isBlocking ? "True" : "False"))
            os.set_inheritable(reading, True)
            os.dup2(writing, 2)
            os.execv(sys.argv[1], sys.argv[1:])
            """
        return try ChildProcess(
            "python3", ["-c", script, agentExecutable, "run", "--config", file])
    }

    /// Clock ticks the process has used.
    private func used(_ process: ChildProcess) throws -> Int {
        let stat = try String(contentsOfFile: "/proc/\(process.processID)/stat", encoding: .utf8)
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
    }

    @Test(arguments: [true, false])
    func `a full pipe at the start keeps the agent neither from starting nor from ending`(
        isBlocking: Bool
    ) async throws {
        let port = try freePort()
        let process = try startIntoFullPipe(isBlocking: isBlocking, port: port)
        try await waitUntil("an answer") {
            (try? await HTTPClient(port: port).get("/health"))?.status == 200
        }
        // The log waits for room; what waits has nothing to do, for seconds on end.
        try await waitUntil("a time of rest") {
            let before = try used(process)
            try await Task.sleep(for: .seconds(1))
            return try used(process) - before < 20
        }
        process.terminate()
        #expect(try await process.wait() == .code(0))
    }
}
