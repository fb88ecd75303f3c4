import Telemetry
import Testing

struct EventBuilderTests {
    private let bus = TelemetryBus()

    /// Emits what decoders would: names and keys as raw text.
    @discardableResult
    private func emit(
        _ name: String, _ measurements: [(String, Measurement)] = [],
        _ metadata: [(String, String?)] = [], timestamp: Int64? = nil
    ) -> EmitOutcome {
        var texts = [name] + measurements.map(\.0)
        texts += metadata.flatMap { [$0.0, $0.1 ?? ""] }
        let bytes = Array(texts.joined().utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            var offset = 0
            func text(_ string: String) -> MetadataText {
                defer { offset += string.utf8.count }
                return MetadataText(
                    start: bytes.baseAddress.map { $0 + offset }, count: string.utf8.count)
            }
            var builder = EventBuilder(bus: bus)
            builder.begin(text(name))
            if let timestamp { builder.timestamp = timestamp }
            let keys = measurements.map { text($0.0) }
            for (key, (_, value)) in zip(keys, measurements) {
                builder.measurement(key, MeasurementCell(value))
            }
            for (key, value) in metadata {
                let key = text(key)
                builder.metadata(key, value.map(text) ?? .absent)
            }
            return builder.emit()
        }
    }

    @Test(arguments: ["", "a b", "a\u{1}b", "a\u{2}b", "a\nb", ".a", "a\u{1}", "\u{0}"])
    func `an ill-formed name is refused, also the second time`(_ name: String) throws {
        let recorder = try EventRecorder(bus, "*")
        for _ in 0..<2 { #expect(emit(name, [("n", 1)]) == .malformedName) }
        #expect(recorder.events.isEmpty)
    }

    @Test func `what became of an event is said`() throws {
        #expect(emit("a") == .unwanted)
        let recorder = try EventRecorder(bus, "a")
        #expect(emit("a", timestamp: 42) == .applied)
        #expect(emit("b") == .unwanted)
        #expect(emit("a", timestamp: 0) == .applied)
        #expect(emit("a") == .applied)
        #expect(recorder.events.map(\.timestamp) == [42, 0, nil])
    }

    @Test func `control characters in keys cannot make one shape into another`() throws {
        let recorder = try EventRecorder(bus, "a")
        for _ in 0..<2 {
            emit("a", [("x\u{1}y", 1)])
            emit("a", [("x", 1), ("y", 2)])
            emit("a", [("x\u{2}k", 1)])
            emit("a", [("x", 1)], [("k", "v")])
            emit("a", [], [("k\u{1}x", "v")])
            emit("a", [("x_y", 3)])
        }
        let expected: [Measurements] = [
            ["x_y": 1], ["x": 1, "y": 2], ["x_k": 1], ["x": 1], [:], ["x_y": 3],
        ]
        #expect(recorder.events.map(\.measurements) == expected + expected)
        #expect(
            recorder.events.prefix(6).map(\.metadata)
                == [[:], [:], [:], ["k": "v"], ["k_x": "v"], [:]])
    }

    @Test func `keys in another order, or split elsewhere, are another shape`() throws {
        let recorder = try EventRecorder(bus, "a")
        let rows: [([(String, Measurement)], Measurements)] = [
            ([("x", 1), ("yz", 2)], ["x": 1, "yz": 2]),
            ([("xy", 1), ("z", 2)], ["xy": 1, "z": 2]),
            ([("yz", 2), ("x", 1)], ["x": 1, "yz": 2]), ([("", 5)], ["": 5]), ([], [:]),
            ([("x", 1)], ["x": 1]),
        ]
        for _ in 0..<3 { for row in rows { emit("a", row.0) } }
        #expect(recorder.events.map(\.measurements) == (rows + rows + rows).map(\.1))
    }

    @Test func `the last of two equal keys counts, also where it is absent`() throws {
        let recorder = try EventRecorder(bus, "a")
        try bus.attach("h", to: ["a"]) { event in
            #expect(event.metadata["k"]?.text == event.metadata("k"))
        }
        emit("a", [("n", 1), ("n", 2)], [("k", "first"), ("k", "last")])
        emit("a", [], [("k", "first"), ("k", nil)])
        #expect(recorder.events.map(\.measurements) == [["n": 2], [:]])
        #expect(recorder.events.map(\.metadata) == [["k": "last"], [:]])
    }

    @Test(arguments: [
        (64, 128, EmitOutcome.applied), (65, 0, .tooManyKeys), (0, 129, .tooManyKeys),
    ])
    func `an event has at most 64 measurements and 128 metadata`(
        _ measurements: Int, _ metadata: Int, _ outcome: EmitOutcome
    ) throws {
        let recorder = try EventRecorder(bus, "a")
        for _ in 0..<2 {
            let result = emit(
                "a", (0..<measurements).map { ("m\($0)", .integer(Int64($0))) },
                (0..<metadata).map { ("k\($0)", "v\($0)") })
            #expect(result == outcome)
        }
        #expect(recorder.events.count == (outcome == .applied ? 2 : 0))
        #expect(recorder.events.first?.measurements["m63"] == (outcome == .applied ? 63 : nil))
        #expect(recorder.events.first?.metadata["k127"] == (outcome == .applied ? "v127" : nil))
    }

    @Test func `texts larger than a thread's memory arrive whole`() throws {
        let recorder = try EventRecorder(bus, "a")
        let sizes = [10, 5_000, 3, 100_000, 4_096, 0, 4_097]
        var metadata = Metadata()
        for (index, size) in sizes.enumerated() {
            metadata["k\(index)"] = .string(String(repeating: "\(index)", count: size))
        }
        bus.execute("a", [:], metadata)
        bus.execute("a", [:], ["small": "x"])
        #expect(recorder.events.map(\.metadata) == [metadata, ["small": "x"]])
    }

    @Test func `beyond the shapes that are kept, all of an event is told, and what became of it`()
        throws
    {
        let recorder = try EventRecorder(bus, "a")
        for index in 0..<8192 { emit("a", [("k\(index)", 1)]) }
        recorder.clear()
        bus.setPipeline(
            EventPipeline(rateLimits: [.init(events: .all, perSecond: 1e-6, burst: 1)]))
        #expect(emit("a", [("late", 1)], timestamp: 42) == .applied)
        #expect(emit("a", [("later", 1)]) == .dropped(.rateLimited))
        #expect(recorder.events.map(\.timestamp) == [42])
    }

    @Test func `events stay correct when there are more shapes than are kept`() throws {
        let calls = Tally()
        try bus.attach("h", to: ["many.*"]) { event in
            calls.add()
            // Name, key and value tell the same number.
            let number = event.name.description.dropFirst("many.".count)
            #expect(event.measurement("m\(number)") == Measurement(Int(number) ?? -1))
        }
        let count = 9_000
        for _ in 0..<2 {
            for number in 0..<count {
                #expect(emit("many.\(number)", [("m\(number)", Measurement(number))]) == .applied)
            }
        }
        #expect(calls.count == 2 * count)
        // A handler that comes now gets those that are kept and those that are not.
        let recorder = try EventRecorder(bus, "many.0", "many.8999")
        emit("many.0", [("m0", 0)])
        emit("many.8999", [("m8999", 8_999)])
        #expect(recorder.events.count == 2)
        // One that is prepared is kept all the same.
        let prepared = PreparedEvent(
            bus, "many.10000", measurements: ["m10000"], metadata: [])
        prepared.emit([10_000], [])
        #expect(calls.count == 2 * count + 3)
    }
}
