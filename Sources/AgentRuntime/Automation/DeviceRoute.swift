import AgentConfiguration
import Automation

/// What runs can be made against.
enum DeviceRoute {
    static func endpoint(_ runtime: AutomationRuntime) -> Endpoint {
        .get("/v1/devices", "The devices that runs are made against.", access: .guarded) { _ in
            .json(["devices": .array(runtime.devices.map(\.json))])
        }
    }
}

extension Device {
    /// Without what the configuration keeps of keys and environments.
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id), "site": .string(site), "protocol": .string(protocolName),
            "commands": commands.descriptions.map { .array($0.map { .string($0) }) } ?? .null,
            "run_timeout": .duration(runTimeout),
            "max_output_bytes": maxOutputBytes.map { .integer(Int64($0)) } ?? .null,
        ]
        if case .ssh(let endpoint) = endpoint {
            object["host"] = .string(endpoint.host)
            object["port"] = .integer(Int64(endpoint.port))
        }
        return .object(object)
    }
}
