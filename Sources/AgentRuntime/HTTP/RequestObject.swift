import AgentConfiguration
import NIOCore

/// The JSON object in a request's body, read strictly. Nothing in it refers to anything else.
struct RequestObject {
    private let node: JSONNode

    /// - Throws: for what is no JSON, no object, or has a key that is not accepted
    init(_ body: ByteBuffer, accepting keys: [String]) throws(RequestFault) {
        do throws(JSONError) {
            node = try JSONReader.read(Array(body.readableBytesView), maximumDepth: 8)
        } catch {
            throw .malformed("the body is not JSON: \(error.position): \(error.reason)")
        }
        guard case .object(let members) = node.content else {
            throw .malformed("the body is not a JSON object")
        }
        for member in members where !keys.contains(member.key) {
            throw .unknown("key", member.key, accepted: keys)
        }
    }

    subscript(key: String) -> JSONNode? {
        guard let value = node[key] else { return nil }
        if case .null = value.content { return nil }
        return value
    }

    /// Whether the key is there with nothing, which elsewhere counts as if it were not there.
    func isNull(_ key: String) -> Bool {
        if case .null? = node[key]?.content { true } else { false }
    }

    /// A text that is not empty and has no control characters.
    func text(_ key: String, limit: Int = 1024) throws(RequestFault) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value.content, !text.isEmpty, text.utf8.count <= limit,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw wrong(key, "a text of 1 to \(limit) bytes without control characters") }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(RequestFault) -> Int? {
        guard let value = self[key] else { return nil }
        guard case .integer(let written) = value.content, let number = Int(exactly: written),
            range.contains(number)
        else { throw wrong(key, "an integer from \(range.lowerBound) to \(range.upperBound)") }
        return number
    }

    /// As the configuration writes it: `"30s"`.
    func duration(
        _ key: String, in range: ClosedRange<Duration>
    ) throws(RequestFault) -> Duration? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value.content,
            let duration = Duration(configurationText: text), range.contains(duration)
        else {
            let bounds =
                "\(range.lowerBound.configurationText) to \(range.upperBound.configurationText)"
            throw wrong(key, "a duration from \(bounds) such as \"30s\"")
        }
        return duration
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String, of type: Word.Type
    ) throws(RequestFault) -> Word? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value.content, let word = Word(rawValue: text) else {
            throw wrong(
                key, "one of " + Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return word
    }

    func wrong(_ key: String, _ expected: String) -> RequestFault {
        .malformed("the key \"\(key)\": expected \(expected)")
    }
}
