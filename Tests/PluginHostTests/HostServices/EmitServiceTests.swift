import CAgentPlugin
import Telemetry
import Testing

@testable import PluginHost

struct EmitServiceTests {
    private let host: ProbeHost
    private let emit: agent_host_emit_v1

    init() throws {
        host = try ProbeHost()
        emit = try #require(host.interface(AGENT_HOST_EMIT_V1, as: agent_host_emit_v1.self))
    }

    /// Prepares an event; its handle, or the status and the reason.
    private func prepare(
        _ name: String, measurements: [String] = [], metadata: [String] = []
    ) -> (handle: UInt64, status: agent_status, text: String) {
        var handle: UInt64 = 0
        let (status, text) = withTexts([name]) { names in
            withTexts(measurements) { measurements in
                withTexts(metadata) { metadata in
                    measurements.withUnsafeBufferPointer { measurements in
                        metadata.withUnsafeBufferPointer { metadata in
                            var keys = agent_event_keys(
                                size: UInt32(MemoryLayout<agent_event_keys>.size), reserved: 0,
                                name: names[0], measurements: measurements.baseAddress,
                                metadata: metadata.baseAddress,
                                measurements_count: UInt32(measurements.count),
                                metadata_count: UInt32(metadata.count))
                            return ErrorBuffer.call { error in
                                emit.prepare?(host.pointer, &keys, &handle, error) ?? AGENT_ERROR
                            }
                        }
                    }
                }
            }
        }
        return (handle, status, text)
    }

    @Test func `a prepared event is emitted with its values in the order of its keys`() throws {
        let recorder = try EventRecorder(host.bus, "app.worked")
        let (event, status, _) = prepare(
            ".worked", measurements: ["n", "x"], metadata: ["site", "kind"])
        #expect(status == AGENT_OK)
        #expect(event != 0)
        withTexts(["chi1"]) { texts in
            let absent = agent_str(data: nil, size: 0)
            #expect(
                emit.emit?(
                    host.pointer, event, [agent_i64(7), agent_f64(0.5)], [texts[0], absent])
                    == AGENT_OK)
        }
        #expect(recorder.events.count == 1)
        #expect(recorder.events.first?.measurements == ["n": 7, "x": 0.5])
        #expect(recorder.events.first?.metadata == ["site": "chi1"])
    }

    @Test func `a batch emits each event with its own values`() throws {
        let recorder = try EventRecorder(host.bus, "app.worked")
        let event = prepare("app.worked", measurements: ["n"], metadata: ["site"]).handle
        withTexts(["a", "b", "c"]) { sites in
            let numbers = [agent_i64(1), agent_i64(2), agent_value()]
            #expect(emit.emit_batch?(host.pointer, event, 3, numbers, sites) == AGENT_OK)
        }
        #expect(recorder.events.map { $0.measurements["n"] } == [1, 2, nil])
        #expect(recorder.events.map { $0.metadata["site"] } == ["a", "b", "c"])
        #expect(host.services.emitter.total == 3)
    }

    static let numbers: [(Int64, Int32, Measurement)] = [
        (15, 0, 15), (15, 3, 15000), (15, -1, 1.5), (.max, 1, 9.223372036854775807e19),
        (-3, 18, -3e18),
        (1, 22, 1e22), (1_500_000_000, -9, 1.5),
    ]

    @Test(arguments: numbers)
    func `a number with an exponent stays exact where 64 bits hold it`(
        number: Int64, exponent: Int32, expected: Measurement
    ) throws {
        var value = agent_i64(number)
        value.exponent10 = exponent
        let found = try #require(MeasurementCell(value).measurement)
        #expect(found.doubleValue == expected.doubleValue)
    }

    @Test func `a name or key that is none is refused with the reason`() {
        let long = String(repeating: "x", count: 300)
        for name in ["", ".", "a..b", "a b", long] {
            let answer = prepare(name)
            #expect(answer.status == AGENT_INVALID)
            #expect(!answer.text.isEmpty)
        }
        #expect(prepare("a", measurements: [""]).status == AGENT_INVALID)
        #expect(prepare("a", measurements: ["n", "n"]).text.contains("\"n\" twice"))
        #expect(prepare("a", metadata: (0..<129).map { "k\($0)" }).status == AGENT_INVALID)
    }

    @Test func `a handle that is none is refused`() {
        for handle: UInt64 in [0, 1, 99, .max] {
            #expect(emit.emit?(host.pointer, handle, nil, nil) == AGENT_INVALID)
        }
        let event = prepare("a.b", measurements: ["n"]).handle
        #expect(emit.emit?(host.pointer, event, nil, nil) == AGENT_INVALID, "values are missing")
        #expect(emit.emit?(nil, event, nil, nil) == AGENT_CLOSED)
    }

    @Test func `the same event prepared again is the same handle, and there is a limit`() {
        #expect(prepare("a.b").handle == prepare("a.b").handle)
        var last = prepare("a.b")
        for number in 0...EventEmitter.maximumEvents { last = prepare("a.n\(number)") }
        #expect(last.status == AGENT_INVALID)
        #expect(last.text == "has more than 1024 prepared events")
    }

    @Test func `after destroy every call is refused`() throws {
        let event = prepare("a.b").handle
        let log = try #require(host.interface(AGENT_HOST_LOG_V1, as: agent_host_log_v1.self))
        host.context.close()
        #expect(emit.emit?(host.pointer, event, nil, nil) == AGENT_CLOSED)
        #expect(prepare("a.c").status == AGENT_CLOSED)
        withText("late") { log.write?(host.pointer, AGENT_LOG_ERROR, $0, nil, 0) }
        #expect(host.messages.all.isEmpty)
        #expect(host.interface(AGENT_HOST_EMIT_V1, as: agent_host_emit_v1.self) == nil)
    }
}
