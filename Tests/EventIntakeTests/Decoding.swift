import Telemetry

@testable import EventIntake

/// What came of some input: the events as text, and the counts.
struct Decoded {
    let events: [RecordedEvent]
    let summary: DecodeSummary

    /// Each event in one line: name, measurements and metadata by key, then what else it has.
    var lines: [String] { events.map(Self.describe) }

    /// `reason@line:column` of each fault.
    var faults: [String] { summary.faults.map { "\($0.reason)@\($0.line):\($0.column)" } }

    static func describe(_ event: RecordedEvent) -> String {
        var parts = ["\(event.name)"]
        for key in event.measurements.keys.sorted() {
            parts.append("\(key)=\(event.measurements[key].map { "\($0)" } ?? "")")
        }
        for key in event.metadata.keys.sorted() {
            switch event.metadata[key] {
            case .string(let text): parts.append("\(key):\(text.debugDescription)")
            case let value: parts.append("\(key):\(value?.text ?? "")")
            }
        }
        if let id = event.correlationID { parts.append("correlation=\(id)") }
        if let time = event.timestamp { parts.append("@\(time)") }
        return parts.joined(separator: " ")
    }
}

/// Decodes with a recorder for all events.
func decoded(
    limits: DecodeLimits = DecodeLimits(), precision: Int64 = 1,
    _ body: (inout EventDecoder) -> Void
) throws -> Decoded {
    let bus = TelemetryBus()
    let recorder = try EventRecorder(bus, .all)
    var decoder = EventDecoder(bus: bus, limits: limits, precision: precision)
    body(&decoder)
    return Decoded(events: recorder.events, summary: decoder.summary)
}

func decodeLines(
    _ text: some Sequence<UInt8>, limits: DecodeLimits = DecodeLimits(), precision: Int64 = 1
) throws -> Decoded {
    try decoded(limits: limits, precision: precision) { decoder in
        Array(text).withUnsafeBufferPointer { decoder.decodeText($0) }
    }
}

func decodeLines(
    _ text: String, limits: DecodeLimits = DecodeLimits(), precision: Int64 = 1
) throws -> Decoded {
    try decodeLines(text.utf8, limits: limits, precision: precision)
}

func decodeJSON(
    _ text: some Sequence<UInt8>, limits: DecodeLimits = DecodeLimits()
) throws -> Decoded {
    try decoded(limits: limits) { decoder in
        Array(text).withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            decoder.decodeJSON(start, start + bytes.count)
        }
    }
}

func decodeJSON(_ text: String, limits: DecodeLimits = DecodeLimits()) throws -> Decoded {
    try decodeJSON(text.utf8, limits: limits)
}
