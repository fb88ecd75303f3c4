import MetricRegistry
import Telemetry
import TestSupport
import Testing

struct QuantileSketchTests {
    private static let quantiles = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1]

    private static func draw(_ shape: String, _ generator: inout SeededGenerator) -> Measurement {
        switch shape {
        case "nanoseconds": .integer(Int64.random(in: 1...5_000_000_000, using: &generator))
        case "both signs": .integer(Int64.random(in: -1_000_000...1_000_000, using: &generator))
        case "mostly zero":
            Int.random(in: 0...9, using: &generator) < 7
                ? 0 : .integer(Int64.random(in: 1...90, using: &generator))
        case "small reals": .real(Double.random(in: 0.000_1...0.02, using: &generator))
        default: .integer([1, 1_000, .max, .min, -3].randomElement(using: &generator) ?? 0)
        }
    }

    @Test(arguments: ["nanoseconds", "both signs", "mostly zero", "small reals", "extremes"])
    func `a quantile is within one percent of the sorted values`(_ shape: String) throws {
        let fixture = try RegistryFixture(
            .of(.summary, "q", measurement: "n") { $0.quantiles = Self.quantiles })
        var generator = SeededGenerator(seed: 7)
        var values: [Double] = []
        for _ in 0..<5_000 {
            let value = Self.draw(shape, &generator)
            values.append(value.doubleValue)
            fixture.bus.execute("t.event", ["n": value])
        }
        values.sort()
        let sample = try #require(try fixture.read("q")[""])
        for (quantile, read) in zip(Self.quantiles, sample.quantiles) {
            let exact = values[Int(quantile * Double(values.count - 1))]
            #expect(abs(read - exact) <= abs(exact) * 0.01, "quantile \(quantile)")
        }
        #expect(sample.count == 5_000)
    }

    @Test func `quantiles are read in the exposed unit`() throws {
        let fixture = try RegistryFixture(
            .of(.summary, "q_seconds", measurement: "n") {
                $0.unit = "seconds"
                $0.measurementUnit = "nanosecond"
                $0.quantiles = [0.5]
            })
        for _ in 0..<10 { fixture.bus.execute("t.event", ["n": 250_000_000]) }
        let sample = try #require(try fixture.read("q_seconds")[""])
        #expect(abs((sample.quantiles.first ?? 0) - 0.25) <= 0.0025)
        #expect(sample.sum == .integer(2_500_000_000, exponent: -9))
    }

    @Test(arguments: [1e-11, 1e-9, 1e25, -1e25, 3e-39, 3e38, 1.8e19, 2e-10])
    func `very small and very large values are told as well as others`(_ value: Double) throws {
        let fixture = try RegistryFixture(
            .of(.summary, "q", measurement: "n") { $0.quantiles = [0.5] })
        fixture.bus.execute("t.event", ["n": .real(value)])
        let told = try #require(try fixture.read("q")[""]?.quantiles.first)
        #expect(abs(told - value) <= abs(value) * 0.008)
    }

    @Test func `what the scale does not reach is skipped and counted`() throws {
        let fixture = try RegistryFixture(
            .of(.summary, "q", measurement: "n") { $0.quantiles = [0.5] })
        for value in [0, -0.0, 1e-39, -1e-39, 4e38, -4e38, .leastNonzeroMagnitude] {
            fixture.bus.execute("t.event", ["n": .real(value)])
        }
        #expect(try fixture.read("q")[""]?.quantiles == [0])
        #expect(try fixture.read("q")[""]?.count == 2)
        #expect(try fixture.skipped("q", .outOfRange) == 5)
    }
}
