import AgentConfiguration
import Telemetry

extension JSONValue {
    init(_ metadata: Metadata) {
        var object: JSONObject = [:]
        for key in metadata.keys { object[key] = metadata[key].map(JSONValue.init) ?? .null }
        self = .object(object)
    }

    init(_ value: MetadataValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .integer(number)
        case .real(let number): self = number.isFinite ? .number(number) : .string("\(number)")
        case .boolean(let truth): self = .bool(truth)
        case .object(let members):
            var object: JSONObject = [:]
            for key in members.keys.sorted() {
                object[key] = members[key].map(JSONValue.init) ?? .null
            }
            self = .object(object)
        case .array(let elements): self = .array(elements.map(JSONValue.init))
        case .null: self = .null
        }
    }
}
