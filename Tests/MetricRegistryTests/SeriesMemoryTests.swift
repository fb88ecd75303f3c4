import MetricRegistry
import Telemetry
import TestSupport
import Testing

/// What a series costs, in a process of its own so that nobody else allocates.
struct SeriesMemoryTests {
    @Test func `a hundred thousand series of three labels take less than 200 bytes each`() async {
        await #expect(processExitsWith: .success) {
            let count = 100_000
            let fixture = try RegistryFixture(
                maximumSeries: count,
                .of(.counter, "c_total", labels: ["site", "protocol", "device_id"]))
            let event = PreparedEvent(
                fixture.bus, "t.event", measurements: [],
                metadata: ["site", "protocol", "device_id"])
            let before = allocatedBytes()
            for id in 0..<count { event.emit([], ["chi1", "ssh", "device-\(id)"]) }
            fixture.registry.tick()
            let each = (allocatedBytes() - before) / count
            try #require(fixture.statistics("c_total")?.series == count)
            try #require(each < 200)
        }
    }
}
