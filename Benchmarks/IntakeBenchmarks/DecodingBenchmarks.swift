import BenchmarkSupport
import CYardstick
import EventIntake

/// W1 from text in memory to updated series. Yardstick: the same lines read without any check, in C.
func decodingBenchmarks() throws {
    let (bus, _) = try Workload.countingBus()
    let intake = EventIntake(bus: bus, settings: IntakeSettings())
    let yardstick = Workload.yardstick()
    let lines = 20_000
    let text = Traffic.lineProtocol(lines)
    let json = Traffic.text(lines, of: Workload.json)

    Comparison.register("intake - line protocol from memory", items: lines) { _ in
        decode(text, as: .lineProtocol(precisionMultiplier: 1))
    } yardstick: { _ in
        read(text)
    }

    Comparison.register("intake - JSON lines from memory", items: lines) { _ in
        decode(json, as: .json)
    } yardstick: { _ in
        read(text)
    }

    func decode(_ text: [UInt8], as encoding: EventIntake.Encoding) {
        let summary = text.withUnsafeBytes { intake.decode(body: $0, encoding: encoding) }
        precondition(summary.applied == lines, "\(summary.applied) of \(lines) applied")
    }

    func read(_ text: [UInt8]) {
        let count = text.withUnsafeBytes {
            yardstick_read_lines(
                yardstick, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        precondition(count == lines)
    }
}
