import Glibc
import Synchronization
import Telemetry
import Testing

@testable import EventIntake

struct DatagramListenerTests {
    private func udp(
        receiveBufferBytes: Int = 4 << 20, _ configure: (inout IntakeSettings) -> Void = { _ in }
    ) throws -> (RunningIntake, UInt16) {
        let running = try RunningIntake { settings, _ in
            settings.udp = .init(
                host: "127.0.0.1", port: 0, receiveBufferBytes: receiveBufferBytes)
            configure(&settings)
        }
        return (running, try #require(running.intake.udpPort))
    }

    @Test func `a datagram holds one or more lines, and its end ends the last`() async throws {
        let (running, port) = try udp()
        let client = try Client.udp(port)
        try client.send("a v=1i")
        try client.send("b v=1i\nc v=1i\n{\"event\":\"d\"}")
        try client.send("e,k=cut")
        try client.send(" v=1i\n")
        let counts = await running.counts(.udp, received: 6)
        #expect(running.recorder.events.map { "\($0.name)" } == ["a", "b", "c", "d"])
        #expect(counts.rejectedInAll == 2 && balances(counts))
    }

    @Test func `datagrams that the kernel has joined are told apart`() async throws {
        let (running, port) = try udp()
        let client = try Client.udp(port)
        // Without its newline each line ends only where its datagram does.
        try #require(client.segment(12))
        let text = (100..<200).map { "event v=\($0)i" }.joined()
        try client.send(text + "short v=1i")
        let counts = await running.counts(.udp, received: 101)
        #expect(counts.applied == 101 && balances(counts))
        #expect(
            running.recorder.events.prefix(100).compactMap { $0.measurements["v"] }
                == (100..<200).map { .integer($0) })
    }

    @Test func `a text ends with its datagram, also with one that the kernel has joined to others`()
        async throws
    {
        let (running, port) = try udp()
        let client = try Client.udp(port)
        try #require(client.segment(13))
        try client.send("a v=1i,s=\"xy\nb v=1i      \nc v=1i,s=\"\" \nd v=1i\n")
        try client.send("e s=\"\nf v=1i")
        let counts = await running.counts(.udp, received: 5)
        #expect(running.recorder.events.map { "\($0.name)" } == ["b", "c", "d"])
        #expect(counts.rejected == [.syntax: 2] && balances(counts))
    }

    @Test func `what the kernel drops is counted: sent is applied plus dropped`() async throws {
        let (running, port) = try udp(receiveBufferBytes: 4096)
        // A handler that waits for the end of the burst, which therefore cannot fit.
        let isOver = Atomic(false)
        try running.bus.attach("slow", to: ["slow"]) { _ in
            while !isOver.load(ordering: .acquiring) { usleep(100) }
        }
        let client = try Client.udp(port)
        let sent = 2000
        for _ in 0..<sent { try client.send("slow v=1i") }
        isOver.store(true, ordering: .releasing)
        let counts = await running.counts(.udp, received: sent)
        #expect(counts.received == sent && balances(counts))
        #expect(counts.dropped[.kernel, default: 0] > 0)
        #expect(counts.applied == running.recorder.events.count)
    }

    @Test func `stopping decodes the datagrams that have arrived`() async throws {
        let (running, port) = try udp()
        try running.bus.attach("slow", to: ["slow"]) { _ in usleep(200) }
        let client = try Client.udp(port)
        for _ in 0..<500 { try client.send("slow v=1i") }
        running.intake.stop()
        let counts = running.intake.accounting[.udp]
        #expect(counts.applied == 500 && balances(counts))
        #expect(running.intake.udpPort == nil)
    }

    @Test func `what there is no time for when stopping is counted as dropped`() async throws {
        let (running, port) = try udp()
        try running.bus.attach("slow", to: ["slow"]) { _ in usleep(2000) }
        let client = try Client.udp(port)
        let sent = 1000
        for _ in 0..<sent { try client.send("slow v=1i") }
        running.intake.stop(within: .zero)
        let counts = running.intake.accounting[.udp]
        #expect(counts.received == sent && balances(counts))
        #expect(counts.dropped[.shutdown, default: 0] > 0)
    }

    @Test func `a Unix datagram socket works the same way and loses nothing`() async throws {
        let running = try RunningIntake { settings, directory in
            settings.unixDatagram = .init(path: "\(directory)/d", mode: 0o622)
        }
        let client = try Client.unix("\(running.directory)/d", SOCK_DGRAM)
        for index in 0..<2000 { try client.send("a v=\(index)i\nb v=1i") }
        let counts = await running.counts(.unixDatagram, received: 4000)
        #expect(counts.applied == 4000 && balances(counts))
        running.intake.stop()
        #expect(access("\(running.directory)/d", F_OK) != 0)
    }

    @Test func `a datagram longer than its slot is rejected whole`() async throws {
        let running = try RunningIntake { settings, directory in
            settings.unixDatagram = .init(path: "\(directory)/d")
        }
        let client = try Client.unix("\(running.directory)/d", SOCK_DGRAM)
        try client.send(String(repeating: "a v=1i\n", count: 10_000))
        try client.send("b v=1i")
        let counts = await running.counts(.unixDatagram, received: 2)
        #expect(counts.rejected == [.truncated: 1] && counts.applied == 1)
    }

    @Test func `a port in use is refused with a sentence that names it`() throws {
        let (running, port) = try udp()
        var settings = IntakeSettings()
        settings.udp = .init(host: "127.0.0.1", port: port)
        let error = #expect(throws: IntakeError.self) {
            try EventIntake(bus: TelemetryBus(), settings: settings).start()
        }
        #expect(error == .addressInUse("127.0.0.1:\(port)"))
        #expect(error?.description.contains("127.0.0.1:\(port)") == true)
        settings.udp = .init(host: "no.such.host.invalid", port: 1)
        #expect(throws: IntakeError.unknownHost("no.such.host.invalid")) {
            try EventIntake(bus: TelemetryBus(), settings: settings).start()
        }
        _ = running
    }
}
