import CAgentPlugin

@testable import PluginHost

/// An event as a handler gets it, copied for comparison.
struct HandledEvent {
    let name: String
    let correlation: String?
    var measurements: [String: Double] = [:]
    var metadata: [String: String] = [:]

    init(_ event: agent_event) {
        func text(_ view: agent_str) -> String? {
            guard let data = view.data else { return nil }
            return String(
                decoding: UnsafeRawBufferPointer(start: data, count: Int(view.size)), as: UTF8.self)
        }
        name = text(event.name) ?? ""
        correlation = text(event.correlation_id)
        for index in 0..<Int(event.measurements_count) {
            guard let pair = event.measurements?[index] else { continue }
            measurements[text(pair.key) ?? ""] = agent_value_f64(pair.value)
        }
        for index in 0..<Int(event.metadata_count) {
            guard let pair = event.metadata?[index] else { continue }
            metadata[text(pair.name) ?? ""] = text(pair.value)
        }
    }
}
