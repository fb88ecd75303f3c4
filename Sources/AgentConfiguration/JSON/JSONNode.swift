/// A JSON value that knows where it was written.
package struct JSONNode: Sendable {
    package enum Content: Sendable {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
        case array([JSONNode])
        case object([Member])
    }

    package struct Member: Sendable {
        package let key: String
        package let keyPosition: JSONPosition
        package let value: JSONNode
    }

    package let content: Content
    package let position: JSONPosition

    package init(_ content: Content, at position: JSONPosition) {
        self.content = content
        self.position = position
    }

    /// Places `value` and everything in it at one position: for defaults, which stand in no file.
    init(_ value: JSONValue, at position: JSONPosition) {
        self.position = position
        content =
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .integer(let value): .integer(value)
            case .number(let value): .number(value)
            case .string(let value): .string(value)
            case .array(let items): .array(items.map { JSONNode($0, at: position) })
            case .object(let object):
                .object(
                    object.members.map { member in
                        Member(
                            key: member.key, keyPosition: position,
                            value: JSONNode(member.value, at: position))
                    })
            }
    }

    /// The value without its positions.
    package var value: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .array(let items): .array(items.map(\.value))
        case .object(let members):
            .object(JSONObject(members: members.map { ($0.key, $0.value.value) }))
        }
    }

    /// The member called `key`, or `nil` when there is none or this is no object.
    package func member(_ key: String) -> Member? {
        guard case .object(let members) = content else { return nil }
        return members.first { $0.key == key }
    }

    package subscript(key: String) -> JSONNode? { member(key)?.value }
}

extension JSONNode {
    /// What an error says was found: `the string "udp"`, `the integer 9`, `an object`.
    var summary: String {
        switch content {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "the integer \(value)"
        case .number(let value): "the number \(value)"
        case .string(let value): "the string \(value.quoted(limit: 60))"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// What was found, without its value: for places where secrets are written.
    var kindSummary: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string(let value): value.isEmpty ? "an empty string" : "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
