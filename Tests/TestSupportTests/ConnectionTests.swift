import Glibc
import TestSupport
import Testing

struct ConnectionTests {
    @Test(arguments: [false, true])
    func `bytes go through a Unix socket as they are`(datagram: Bool) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("s")
        let listener = datagram ? "UNIX-RECV:\(path)" : "UNIX-LISTEN:\(path)"
        let socat = try ChildProcess("socat", ["-u", listener, "STDOUT"])
        let connection = try await waitFor("socat to listen") {
            try? Connection(unix: path, datagram: datagram)
        }
        try connection.send("a\nb")
        try await waitUntil("the bytes to arrive") { socat.output == "a\nb" }
    }

    @Test func `one send over UDP is one datagram`() async throws {
        let port = try freePort(.udp)
        let log = "UDP4-RECV:\(port),bind=127.0.0.1"
        let socat = try ChildProcess("socat", ["-u", "-x", log, "OPEN:/dev/null"])
        try await waitUntil("both datagrams to arrive, each by itself") {
            let connection = try Connection(.udp, port: port)
            // Until socat listens, the answer to the first is a refusal of the second.
            try? connection.send("ab")
            try? connection.send("cd")
            return ["61 62", "63 64"].allSatisfy { line in
                socat.errors.split(separator: "\n").contains(" \(line)")
            }
        }
    }

    @Test func `what is sent before the end of sending is answered to the end`() async throws {
        let port = try freePort()
        let socat = try ChildProcess(
            "socat", ["TCP4-LISTEN:\(port),bind=127.0.0.1", "SYSTEM:tr a-z A-Z"])
        let connection = try await waitFor("socat to listen") {
            try? Connection(.tcp, port: port)
        }
        let answer = try await onOwnThread {
            try connection.send("shout")
            try connection.endSending()
            return try connection.receiveToEnd()
        }
        #expect(answer == Array("SHOUT".utf8))
        #expect(try await socat.wait() == .code(0))
    }

    @Test func `a refusal closes nothing that somebody else has opened since`() async {
        // In a process of its own: one that did would close what other tests work with.
        await #expect(processExitsWith: .success) {
            async let refusals = onOwnThread {
                (0..<20_000).count { _ in (try? Connection(unix: "/nowhere")) == nil }
            }
            let lost = try await onOwnThread {
                (0..<20_000).count { _ in
                    let ours = dup(STDERR_FILENO)
                    sched_yield()
                    defer { close(ours) }
                    return fcntl(ours, F_GETFD) < 0
                }
            }
            #expect(try await refusals == 20_000)
            #expect(lost == 0)
        }
    }

    @Test func `a path too long for a Unix socket is an error`() {
        #expect(throws: SystemCallFailed.self) {
            try Connection(unix: String(repeating: "x", count: 108))
        }
    }
}
