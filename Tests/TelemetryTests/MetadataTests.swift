import Telemetry
import Testing

struct MetadataTests {
    @Test(
        arguments: [
            (["a": ["b": 1, "c": ["d": "x"]]], ["a.b": 1, "a.c.d": "x"]),
            (["t": ["x", "y"]], ["t.0": "x", "t.1": "y"]),
            (["t": [["a": true], nil, 2.5]], ["t.0.a": true, "t.2": 2.5]),
            (["a": nil, "b": 1], ["b": 1]),
            (["a": [:], "b": [], "c": 0], ["c": 0]),
            (["a": "first", "a": "last"], ["a": "last"]),
            (["a": ["b": 1], "a": "last"], ["a": "last"]),
            (["a": 1, "a": nil], [:]),
            (["a": 1, "a": ["b": 2]], ["a.b": 2]),
            (["": 1], ["": 1]),
            (["a.b": 1, "a": ["b": 2]], ["a.b": 2]),
        ] as [(Metadata, Metadata)])
    func `nested values are reached by path, nulls are absent, the last of a key counts`(
        _ given: Metadata, _ delivered: Metadata
    ) throws {
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, "a")
        bus.execute("a", [:], given)
        #expect(recorder.events.map(\.metadata) == [delivered])
    }

    @Test func `values keep what they were written as`() throws {
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, "a")
        let metadata: Metadata = [
            "s": "12", "i": 12, "min": .integer(.min), "r": 0.1, "b": false, "u": "\u{0}\n\"\\é",
        ]
        bus.execute("a", [:], metadata)
        #expect(recorder.events.first?.metadata == metadata)
    }

    @Test func `what lies deeper than the limit is left out, the rest stays`() throws {
        func nest(_ depth: Int) -> MetadataValue {
            (0..<depth).reduce(.string("x")) { inner, _ in ["n": inner] }
        }
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, "a")
        bus.execute("a", [:], ["deep": nest(16), "deeper": nest(17), "ok": 1])
        let keys = try #require(recorder.events.first?.metadata.keys)
        #expect(Set(keys) == ["ok", "deep" + String(repeating: ".n", count: 16)])
    }

    @Test func `the last measurement of a key counts`() throws {
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, "a")
        bus.execute("a", ["n": 1, "n": 2])
        try bus.attach("h", to: ["a"]) { #expect($0.measurement("n") == 2) }
        bus.execute("a", ["n": 1, "n": 2])
        #expect(recorder.events.map(\.measurements) == [["n": 2], ["n": 2]])
    }
}
