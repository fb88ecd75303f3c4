import Telemetry

/// What an event of a quota server says.
struct QuotaTold {
    let name: String
    let scope: String
    let site: String
    private let measurements: Measurements

    init(_ event: RecordedEvent) {
        name = event.name.description
        scope = Self.text(event.metadata["scope"])
        site = Self.text(event.metadata["site"])
        measurements = event.measurements
    }

    func number(_ key: String) -> Int? {
        guard case .integer(let value)? = measurements[key] else { return nil }
        return Int(value)
    }

    private static func text(_ value: MetadataValue?) -> String {
        guard case .string(let text)? = value else { return "" }
        return text
    }
}
