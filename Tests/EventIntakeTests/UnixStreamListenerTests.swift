import Glibc
import Telemetry
import Testing

@testable import EventIntake

struct UnixStreamListenerTests {
    private func running(
        _ configure: (inout IntakeSettings) -> Void = { _ in }
    ) throws -> RunningIntake {
        try RunningIntake { settings, directory in
            settings.unixStream = .init(path: "\(directory)/s", mode: 0o600)
            configure(&settings)
        }
    }

    @Test func `lines of both encodings arrive over one connection, in order`() async throws {
        let running = try running()
        let parts = ["a,k=v v=1i\n{\"event\":\"b\"}\nbad", " line\n# comment\nlast v=2i"]
        do {
            let client = try Client.unix("\(running.directory)/s")
            for part in parts { try client.send(part) }
        }
        let counts = await running.counts(.unixStream, received: 4)
        #expect(
            running.recorder.events.map(Decoded.describe) == ["a v=1 k:\"v\"", "b", "last v=2"])
        #expect(
            counts.applied == 3 && counts.rejected == [.syntax: 1]
                && counts.bytes == parts.joined().utf8.count)
        #expect(balances(counts))
        #expect(running.intake.accounting.recentFaults.map(\.fault.line) == [3])
        #expect(await wait { running.intake.accounting[.unixStream].openConnections == 0 })
        #expect(running.intake.accounting[.unixStream].totalConnections == 1)
    }

    @Test func `much input over several connections arrives whole`() async throws {
        let running = try running()
        let path = "\(running.directory)/s"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<4 {
                group.addTask {
                    let client = try Client.unix(path)
                    var text = ""
                    for index in 0..<5000 { text += "event.\(sender),k=v value=\(index)i\n" }
                    try client.send(text)
                }
            }
            try await group.waitForAll()
        }
        let counts = await running.counts(.unixStream, received: 20_000)
        #expect(counts.applied == 20_000 && balances(counts))
        for sender in 0..<4 {
            let values = running.recorder.events.filter { "\($0.name)" == "event.\(sender)" }
                .compactMap { $0.measurements["value"] }
            #expect(values == (0..<5000).map { .integer($0) })
        }
    }

    @Test func `a connection beyond the limit is closed and counted; one that ends makes room`()
        async throws
    {
        let running = try running { $0.connections = 2 }
        let path = "\(running.directory)/s"
        let first = try Client.unix(path)
        try await {
            let second = try Client.unix(path)
            try first.send("a v=1i\n")
            try second.send("b v=1i\n")
            _ = await running.counts(.unixStream, received: 2)
            #expect(try Client.unix(path).isClosedByPeer())
            let counts = running.intake.accounting[.unixStream]
            #expect(counts.dropped == [.connectionLimit: 1] && balances(counts))
        }()
        #expect(await wait { running.intake.accounting[.unixStream].openConnections == 1 })
        try Client.unix(path).send("c v=1i\n")
        let counts = await running.counts(.unixStream, received: 4)
        #expect(counts.applied == 3 && counts.totalConnections == 3)
    }

    @Test func `the socket has the mode asked for, and its file goes with it`() throws {
        let running = try running()
        var status = stat()
        #expect(lstat("\(running.directory)/s", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        running.intake.stop()
        #expect(lstat("\(running.directory)/s", &status) != 0)
    }

    @Test func `a socket file where nobody listens is taken over, a living one is not`()
        async throws
    {
        let running = try running()
        let path = "\(running.directory)/s"
        let second = EventIntake(bus: TelemetryBus(), settings: running.intake.settings)
        #expect(throws: IntakeError.addressInUse(path)) { try second.start() }
        try Client.unix(path).send("a v=1i\n")
        #expect(await running.counts(.unixStream, received: 1).applied == 1)
        running.intake.stop()

        do {
            let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(stale) }
            #expect(UnixSocket.with(try UnixSocket.address(path)) { bind(stale, $0, $1) } == 0)
        }
        try second.start()
        try Client.unix(path).send("a v=1i\n")
        #expect(await wait { second.accounting[.unixStream].received == 1 })
        second.stop()
    }

    @Test func `a file that is no socket is left alone, and other errors name the path`() throws {
        let running = try running()
        let path = "\(running.directory)/d"
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        func error(_ path: String) -> IntakeError? {
            var settings = IntakeSettings()
            settings.unixStream = .init(path: path)
            do { try EventIntake(bus: TelemetryBus(), settings: settings).start() } catch {
                return error
            }
            return nil
        }
        #expect(error(path) == .notASocket(path))
        #expect(access(path, F_OK) == 0)
        #expect(error("/nowhere/at/all") == .noSuchDirectory("/nowhere/at/all"))
        let long = "/tmp/" + String(repeating: "x", count: 103)
        #expect(error(long) == .pathLength(long))
        #expect(error(path)?.description.contains(path) == true)
    }

    @Test func `stopping decodes what has arrived and counts a half line as dropped`() async throws
    {
        let running = try running()
        let client = try Client.unix("\(running.directory)/s")
        let lines = 20_000
        try client.send("first v=1i\n")
        _ = await running.counts(.unixStream, received: 1)
        let sender = Task.detached {
            try client.send(String(repeating: "a,k=v v=1i\n", count: lines) + "half,li")
        }
        try await sender.value
        running.intake.stop()
        let counts = running.intake.accounting[.unixStream]
        #expect(counts.applied == lines + 1)
        #expect(counts.dropped == [.shutdown: 1])
        #expect(balances(counts) && counts.openConnections == 0)
    }

    @Test func `stopping keeps its deadline against a sender that never ends`() async throws {
        let running = try running()
        let path = "\(running.directory)/s"
        let sender = Task.detached {
            let client = try Client.unix(path)
            let text = String(repeating: "a,k=v v=1i\n", count: 1000)
            while true { try client.send(text) }
        }
        _ = await running.counts(.unixStream, received: 1000)
        running.intake.stop(within: .milliseconds(200))
        #expect(balances(running.intake.accounting[.unixStream]))
        // The sender ends because its connection does.
        await #expect(throws: SendError.self) { try await sender.value }
    }
}
