import AgentConfiguration

extension HealthReport {
    /// Everything, for programs.
    var json: JSONValue {
        [
            "status": .string(status.rawValue), "version": .string(AgentVersion.text),
            "ready": .bool(reasons.isEmpty), "stopping": .bool(isStopping),
            "sampled_at": .moment(sampledAt), "components": .array(components.map(\.json)),
        ]
    }
}

extension ComponentHealth {
    fileprivate var json: JSONValue {
        var figures: JSONObject = [:]
        for (name, value) in reading.figures { figures[name] = .integer(value) }
        return [
            "name": .string(reading.name), "status": .string(status.rawValue),
            "since_at": .moment(since), "required": .bool(reading.isRequired),
            "reasons": .array(reasons.map { .string($0) }),
            "last_error": lastError?.json ?? .null,
            "criteria": .array(reading.criteria.map(\.json)), "figures": .object(figures),
        ]
    }
}

extension ComponentHealth.Failure {
    fileprivate var json: JSONValue { ["message": .string(text), "at": .moment(at)] }
}

extension Criterion {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "value": value.map { .number($0) } ?? .null,
            "bound": .string(bound.rawValue), "limit": .number(limit),
            "severity": .string(severity.rawValue), "broken": .bool(isBroken),
        ]
    }
}
