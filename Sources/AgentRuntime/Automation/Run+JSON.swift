import AgentConfiguration
import Repo

extension Run {
    /// As it is answered and listed; what is not known is null.
    var json: JSONValue {
        [
            "id": .string(id.text), "device_id": .string(deviceID),
            "protocol": .string(protocolName), "site": .string(site),
            "command": .array(command.map { .string($0) }),
            "requested_by": .string(requestedBy), "correlation_id": .text(correlationID),
            "status": .string(status.rawValue), "reason": .text(reason), "message": .text(message),
            "exit_code": exitCode.map { .integer(Int64($0)) } ?? .null,
            "created_at": .moment(createdAt), "started_at": .moment(startedAt),
            "finished_at": .moment(finishedAt), "bytes": .integer(bytes),
            "chunks": .integer(chunks), "truncated": .bool(isTruncated),
        ]
    }
}

extension JSONValue {
    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// - Parameter nanoseconds: since 1970
    static func moment(_ nanoseconds: Int64?) -> JSONValue {
        nanoseconds.map { .string(Timestamp.text($0)) } ?? .null
    }

    static func duration(_ duration: Duration?) -> JSONValue {
        duration.map { .string($0.configurationText) } ?? .null
    }
}
