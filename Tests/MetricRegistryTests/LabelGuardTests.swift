import MetricRegistry
import Telemetry
import Testing

struct LabelGuardTests {
    /// Hides what stands under `token`, and every digit.
    private struct Digits: MetadataRedactor {
        func hides(key: String) -> Bool { key == "token" }
        func redacted(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            guard value.contains(where: digits.contains) else { return nil }
            return value.map { digits.contains($0) ? UInt8(ascii: "#") : $0 }
        }
    }

    @Test func `label sets that differ only in secrets are one series`() throws {
        let fixture = try RegistryFixture(.of(.counter, "c_total", labels: ["id", "token"]))
        fixture.registry.redactLabels(with: Digits())
        for id in 10..<30 {
            fixture.bus.execute(
                "t.event", [:], ["id": .string("a\(id)"), "token": .string("t\(id)")])
        }
        fixture.bus.execute("t.event", [:], ["id": "a", "token": ""])
        let samples = try fixture.read("c_total")
        #expect(
            samples.mapValues(\.value) == [
                #"id="a##",token="[redacted]""#: .integer(20, exponent: 0),
                #"id="a",token="""#: .integer(1, exponent: 0),
            ])
    }

    @Test func `series whose labels have become secret begin anew, and the others go on`() throws {
        let fixture = try RegistryFixture(
            .of(.counter, "c_total", labels: ["id", "token"]), .of(.counter, "plain_total"))
        func emit(_ id: MetadataValue, _ token: MetadataValue = "") {
            fixture.bus.execute("t.event", [:], ["id": id, "token": token])
        }
        func values() throws -> [String: MetricValue] {
            try fixture.read("c_total").mapValues(\.value)
        }
        let name = try MetricName("c_total")
        let held = try #require(fixture.registry.series(name, ["held 9", ""]))
        for id in ["a1", "a2", #"b"3"#, "b", "b"] as [MetadataValue] { emit(id) }
        fixture.registry.redactLabels(with: Digits())
        held.record(1)
        // Who holds a series keeps it.
        #expect(
            try values() == [
                #"id="b",token="""#: .integer(2, exponent: 0),
                #"id="held 9",token="""#: .integer(1, exponent: 0),
            ])
        for id in ["a1", "a2", #"b"3"#, "b"] as [MetadataValue] { emit(id) }
        emit("b", "x")
        let expected: [String: MetricValue] = [
            #"id="b",token="""#: .integer(3, exponent: 0),
            #"id="b",token="[redacted]""#: .integer(1, exponent: 0),
            #"id="a#",token="""#: .integer(2, exponent: 0),
            ##"id="b\"#",token="""##: .integer(1, exponent: 0),
            #"id="held 9",token="""#: .integer(1, exponent: 0),
        ]
        #expect(try values() == expected)
        // What is clean stays, however often the rules are told.
        fixture.registry.redactLabels(with: Digits())
        #expect(try values() == expected)
        #expect(try fixture.value("plain_total") == .integer(10, exponent: 0))
    }

    @Test func `bound events and series of the agent's own are guarded as well`() throws {
        let fixture = try RegistryFixture(.of(.counter, "c_total", labels: ["id"]))
        fixture.registry.redactLabels(with: Digits())
        let event = PreparedEvent(fixture.bus, "t.event", measurements: [], metadata: ["id"])
        let bound = event.bind(["a1"])
        bound.emit([])
        bound.emit([])
        let name = try MetricName("c_total")
        fixture.registry.series(name, ["a2"])?.record(1)
        #expect(
            try fixture.read("c_total").mapValues(\.value) == [
                #"id="a#""#: .integer(3, exponent: 0)
            ])
    }

    @Test func `an event that stands for several counts as so many where counters are corrected`()
        throws
    {
        let fixture = try RegistryFixture(
            .of(.counter, "c_total"), .of(.sum, "s_total", measurement: "n"),
            .of(.distribution, "d", measurement: "n") { $0.buckets = [1, 5] })
        fixture.bus.setPipeline(
            EventPipeline(samplings: [.init(events: .all, keepOneIn: 10, correctsCounters: true)]))
        for _ in 0..<100 { fixture.bus.execute("t.event", ["n": 3]) }
        #expect(try fixture.value("c_total") == .integer(100, exponent: 0))
        #expect(try fixture.value("s_total") == .integer(300, exponent: 0))
        #expect(try fixture.read("d")[""]?.count == 10)
        fixture.bus.setPipeline(
            EventPipeline(samplings: [.init(events: .all, keepOneIn: 10, correctsCounters: false)]))
        for _ in 0..<100 { fixture.bus.execute("t.event", ["n": 3]) }
        #expect(try fixture.value("c_total") == .integer(110, exponent: 0))
    }
}
