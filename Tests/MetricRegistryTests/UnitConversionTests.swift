import MetricRegistry
import Telemetry
import Testing

struct UnitConversionTests {
    @Test(
        arguments: [
            ("nanosecond", "seconds", 1, -9), ("nanoseconds", "second", 1, -9),
            ("microsecond", "seconds", 1, -6), ("millisecond", "seconds", 1, -3),
            ("second", "milliseconds", 1, 3), ("nanosecond", "milliseconds", 1, -6),
            ("minute", "seconds", 60, 0), ("hour", "minutes", 60, 0), ("day", "hours", 24, 0),
            ("minute", "milliseconds", 60, 3), ("kibibyte", "bytes", 1024, 0),
            ("mebibyte", "kibibytes", 1024, 0), ("gibibyte", "bytes", 1 << 30, 0),
            ("kilobyte", "bytes", 1, 3), ("byte", "megabytes", 1, -6),
            ("kibibyte", "kilobytes", 1024, -3), ("percent", "ratio", 1, -2),
            ("ratio", "percent", 1, 2), ("", "seconds", 1, 0), ("", "", 1, 0),
            ("seconds", "seconds", 1, 0), ("widget", "widgets", 1, 0), ("bits", "bit", 1, 0),
        ] as [(String, String, Int64, Int32)])
    func `a conversion is exact`(
        _ source: String, _ target: String, _ multiplier: Int64, _ exponent: Int32
    ) throws {
        let conversion = try #require(UnitConversion(from: source, to: target))
        #expect(conversion.multiplier == multiplier)
        #expect(conversion.exponent == exponent)
    }

    @Test(arguments: [
        ("second", "minutes"), ("byte", "kibibytes"), ("kibibyte", "mebibytes"),
        ("second", "bytes"), ("bit", "bytes"), ("percent", "seconds"), ("widget", "seconds"),
        ("seconds", "widgets"), ("seconds", ""),
    ])
    func `what has no exact conversion is refused`(_ source: String, _ target: String) {
        #expect(UnitConversion(from: source, to: target) == nil)
    }

    struct Row: Sendable {
        let unit: String
        let exposed: String
        let measured: Telemetry.Measurement
        let read: Double
    }

    @Test(arguments: [
        Row(unit: "nanosecond", exposed: "seconds", measured: 100_000_000, read: 0.1),
        Row(unit: "nanosecond", exposed: "seconds", measured: 1, read: 1e-9),
        Row(unit: "nanosecond", exposed: "seconds", measured: 1_234_567_891, read: 1.234567891),
        Row(unit: "millisecond", exposed: "seconds", measured: 3, read: 0.003),
        Row(unit: "millisecond", exposed: "seconds", measured: .real(2.5), read: 0.0025),
        Row(unit: "minute", exposed: "seconds", measured: 3, read: 180),
        Row(unit: "minute", exposed: "seconds", measured: .real(0.5), read: 30),
        Row(unit: "kibibyte", exposed: "bytes", measured: 3, read: 3072),
        Row(unit: "kilobyte", exposed: "bytes", measured: 3, read: 3000),
        Row(unit: "percent", exposed: "ratio", measured: 7, read: 0.07),
        Row(unit: "percent", exposed: "ratio", measured: -7, read: -0.07),
        // Too large for 64 bits after the conversion: a double from there on.
        Row(unit: "gibibyte", exposed: "bytes", measured: .integer(1 << 62), read: 0x1p92),
    ])
    func `a converted measurement reads as the nearest double`(_ row: Row) throws {
        let name = "size_\(row.exposed)"
        let fixture = try RegistryFixture(
            .of(.lastValue, name, measurement: "n") {
                $0.unit = row.exposed
                $0.measurementUnit = row.unit
            })
        fixture.bus.execute("t.event", ["n": row.measured])
        #expect(try fixture.value(name)?.doubleValue == row.read)
    }
}
