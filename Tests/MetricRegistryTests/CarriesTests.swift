import Foundation
import MetricRegistry
import Telemetry
import TestSupport
import Testing

/// Sums of integers past 64 bits.
struct CarriesTests {
    private static let large: Int64 = 5_000_000_000_000_000_000

    private static func fixture(labels: [String] = []) throws -> RegistryFixture {
        try RegistryFixture(
            .of(.sum, "s_total", measurement: "n", labels: labels),
            .of(.upDownCounter, "u", measurement: "n", labels: labels),
            .of(.distribution, "d", measurement: "n", labels: labels) { $0.buckets = [1, 10] },
            .of(.summary, "q", measurement: "n", labels: labels) { $0.quantiles = [0.5] },
            .of(.counter, "c_total", labels: labels) { $0.sources[0].factor = 1 << 43 })
    }

    private func sums(_ fixture: RegistryFixture, _ labels: String = "") throws -> [MetricValue?] {
        try [
            fixture.value("s_total", labels), fixture.value("u", labels),
            fixture.read("d")[labels]?.sum, fixture.read("q")[labels]?.sum,
        ]
    }

    @Test func `sums past 2^63 go on as the nearest double, and back as integers`() throws {
        let fixture = try Self.fixture()
        for _ in 0..<3 { fixture.bus.execute("t.event", ["n": .integer(Self.large)]) }
        let sums = try sums(fixture)
        #expect(sums.allSatisfy { $0 == .real(15e18) })
        fixture.bus.execute("t.event", ["n": .integer(-Self.large)])
        fixture.bus.execute("t.event", ["n": .integer(-Self.large)])
        #expect(try fixture.value("u") == .integer(Self.large, exponent: 0))
        #expect(try fixture.read("d")[""]?.sum == .integer(Self.large, exponent: 0))
        #expect(try fixture.value("s_total") == .real(15e18))
        #expect(try fixture.skipped("s_total", .negative) == 2)
    }

    @Test func `a sum can go past −2^63 as well`() throws {
        let fixture = try Self.fixture()
        for _ in 0..<3 { fixture.bus.execute("t.event", ["n": .integer(.min)]) }
        #expect(try fixture.value("u") == .real(-3 * 0x1p63))
        for _ in 0..<3 { fixture.bus.execute("t.event", ["n": .integer(.max)]) }
        #expect(try fixture.value("u") == .integer(-3, exponent: 0))
    }

    @Test func `a counter that counts much at once never turns negative`() throws {
        let fixture = try Self.fixture()
        let handle = try #require(fixture.registry.series(MetricName("c_total")))
        for _ in 0..<3 { handle.record(.integer(.max)) }
        fixture.bus.execute("t.event", [:])
        #expect(try fixture.value("c_total") == .real(3 * 0x1p63 + 0x1p43))
    }

    // 119 304 days of 86 400 s are 1.03·10¹⁹ ns.
    @Test func `a hundred thousand sessions of a day add up in seconds`() throws {
        let fixture = try RegistryFixture(
            .of(.sum, "s_seconds_total", measurement: "n") {
                $0.unit = "seconds"
                $0.measurementUnit = "nanosecond"
            })
        for _ in 0..<119_304 {
            fixture.bus.execute("t.event", ["n": .integer(86_400_000_000_000)])
        }
        #expect(try fixture.value("s_seconds_total") == .real(119_304 * 86_400))
    }

    @Test func `threads that share a series lose nothing and are never read halfway`() throws {
        let fixture = try Self.fixture()
        let (threads, updates) = (10, 400)
        let barrier = Barrier(threads + 1)
        let group = DispatchGroup()
        for _ in 0..<threads {
            group.enter()
            Thread.detachNewThread {
                barrier.wait()
                for _ in 0..<updates {
                    fixture.bus.execute("t.event", ["n": .integer(Self.large)])
                }
                group.leave()
            }
        }
        barrier.wait()
        var last = 0.0
        for _ in 0..<200 {
            let now = try fixture.value("s_total")?.doubleValue ?? 0
            #expect(now >= last)
            last = now
        }
        group.wait()
        let total = Double(threads * updates) * 5e18
        let sums = try sums(fixture)
        #expect(sums.allSatisfy { $0 == .real(total) })
    }

    @Test func `a series that takes the memory of one that carried begins at zero`() throws {
        let fixture = try RegistryFixture(
            .of(.sum, "s_total", measurement: "n", labels: ["k"]) {
                $0.expireAfter = .seconds(1)
            })
        for round in 0..<4 {
            let key = "k\(round)"
            for _ in 0..<4 {
                fixture.bus.execute(
                    "t.event", ["n": .integer(Self.large)], ["k": .string(key)])
            }
            #expect(try fixture.value("s_total", "k=\"\(key)\"") == .real(20e18))
            for _ in 0..<8 { fixture.registry.tick(4) }
            #expect(try fixture.read("s_total").isEmpty)
        }
    }
}
