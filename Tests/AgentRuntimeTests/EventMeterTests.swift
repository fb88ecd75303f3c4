import Synchronization
import Telemetry
import Testing

@testable import AgentRuntime

struct EventMeterTests {
    @Test func `events are counted by name, whoever emits them and whatever their keys`()
        async throws
    {
        let bus = TelemetryBus()
        let meter = EventMeter(id: "m")
        try bus.attach(meter, to: ["*"])
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for number in 0..<500 {
                        bus.execute("a", number % 2 == 0 ? ["n": 1] : ["m": 1])
                        bus.execute("b.c")
                    }
                }
            }
        }
        let counts = Dictionary(uniqueKeysWithValues: meter.take().map { ($0.name, $0.count) })
        #expect(counts == ["a": 2000, "b.c": 2000])
        #expect(meter.take().isEmpty)
        bus.execute("a")
        #expect(meter.take().map(\.count) == [1])
    }

    @Test func `names beyond a limit are counted together`() throws {
        let bus = TelemetryBus()
        let meter = EventMeter(id: "m")
        try bus.attach(meter, to: ["*"])
        for number in 0..<4200 { bus.execute(try EventName("e.\(number)")) }
        let counts = meter.take()
        #expect(counts.count == 4097)
        #expect(counts.first { $0.name == "(others)" }?.count == 104)
    }
}
