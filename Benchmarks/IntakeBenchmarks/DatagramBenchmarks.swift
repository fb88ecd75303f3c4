import Benchmark
import BenchmarkSupport
import CYardstick
import EventIntake
import Glibc

/// W1 over UDP on the loopback, from a sender that does not care who loses what. Yardstick: a receiver in C.
func datagramBenchmarks() throws {
    let (bus, _) = try Workload.countingBus()
    var settings = IntakeSettings()
    settings.udp = IntakeSettings.UDP(host: "127.0.0.1", port: 0)
    let intake = EventIntake(bus: bus, settings: settings)
    try intake.start()
    let yardstick = Workload.yardstick()
    var yardstickPort: UInt16 = 0
    let receiver = yardstick_udp_socket(&yardstickPort)

    func register(_ name: String, _ stream: DatagramStream, lines: Int) {
        TransferReport.register(name, lines: lines) {
            let before = intake.accounting[.udp]
            let port = intake.udpPort ?? 0
            return Traffic.measure(lines, .otherThreads) {
                stream.send(to: port)
            } receive: {
                Traffic.wait(intake, .udp, lines, since: before)
            }
        } yardstick: { [yardstickPort] in
            Traffic.measure(lines, .body) {
                stream.send(to: yardstickPort)
            } receive: {
                yardstick_receive_datagrams(receiver, yardstick, lines)
            }
        }
    }

    let one = Array((Workload.line(1) + "\n").utf8)
    let twenty = Traffic.lineProtocol(20)
    let sixty = Array(repeatElement(one, count: 60).joined())
    register(
        "UDP - one line per datagram", DatagramStream(bytes: one, sends: 100_000), lines: 100_000)
    register(
        "UDP - one line per datagram, 300 k lines/s",
        DatagramStream(bytes: one, sends: 100_000, sendsPerSecond: 300_000), lines: 100_000)
    register(
        "UDP - 20 lines per datagram", DatagramStream(bytes: twenty, sends: 20_000), lines: 400_000)
    register(
        "UDP - one line per datagram, segmented by the sender",
        DatagramStream(bytes: sixty, sends: 10_000, segment: one.count), lines: 600_000)
    register(
        "UDP - one line per datagram, segmented by the sender, 2 M lines/s",
        DatagramStream(
            bytes: sixty, sends: 10_000, segment: one.count, sendsPerSecond: 2_000_000 / 60),
        lines: 600_000)
}
