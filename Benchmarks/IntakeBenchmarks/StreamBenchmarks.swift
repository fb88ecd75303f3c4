import Benchmark
import BenchmarkSupport
import CYardstick
import EventIntake
import Glibc

/// W1 over a Unix stream socket, from a sender that never waits. Yardstick: a receiver in C.
func streamBenchmarks() throws {
    let (bus, _) = try Workload.countingBus()
    var settings = IntakeSettings()
    // One name for all runs: the next one takes over what the last one left behind.
    let path = "/tmp/agent-benchmark.sock"
    settings.unixStream = IntakeSettings.UnixPath(path: path)
    let intake = EventIntake(bus: bus, settings: settings)
    try intake.start()
    let yardstick = Workload.yardstick()
    let text = Traffic.lineProtocol(2000)
    let rounds = 100
    let lines = 2000 * rounds

    TransferReport.register("intake - line protocol over a Unix stream", lines: lines) {
        let before = intake.accounting[.unixStream]
        return Traffic.measure(lines, .otherThreads) {
            let socket = Sender.connect(path: path)
            for _ in 0..<rounds { Sender.sendAll(text, to: socket) }
            close(socket)
        } receive: {
            Traffic.wait(intake, .unixStream, lines, since: before)
        }
    } yardstick: {
        var pair: [Int32] = [0, 0]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
        let (sending, receiving) = (pair[0], pair[1])
        defer { close(receiving) }
        return Traffic.measure(lines, .body) {
            for _ in 0..<rounds { Sender.sendAll(text, to: sending) }
            close(sending)
        } receive: {
            yardstick_receive_stream(receiving, yardstick)
        }
    }
}
