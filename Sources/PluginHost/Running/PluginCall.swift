import CAgentPlugin
import Telemetry

/// The plugin's side of an instance: what every call into it needs.
///
/// `@unchecked Sendable`: the ABI's thread tags say which calls may meet; the callers keep to them.
struct PluginCall: @unchecked Sendable {
    /// The instance's name.
    let name: String
    /// The plugin's own pointer.
    let instance: UnsafeMutableRawPointer?
    let host: HostContext
    let services: InstanceServices
    let counters: InstanceCounters
    let log: PluginLog

    /// Tells of a failed call: counted by code and logged.
    func report(_ what: String, _ code: agent_status, _ text: String) {
        counters.withLock { $0.count(code: code) }
        log(
            .warning, name, text.isEmpty ? "\(what) failed" : "\(what) failed: \(text)",
            [(name: "code", value: "\(code)")])
    }
}

/// A word for a status code, for events.
func statusWord(_ code: agent_status) -> String {
    switch code {
    case AGENT_OK: "ok"
    case AGENT_ERROR: "error"
    case AGENT_INVALID: "invalid"
    case AGENT_UNSUPPORTED: "unsupported"
    case AGENT_TIMEOUT: "timeout"
    case AGENT_CLOSED: "closed"
    case AGENT_FULL: "full"
    case AGENT_NOT_FOUND: "not_found"
    default: "code_\(code)"
    }
}
