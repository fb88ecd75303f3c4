import PluginKit

extension JSON {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var integer: Int64? {
        switch self {
        case .integer(let integer): integer
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }

    var elements: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// This object with one member replaced, added, or left out where `value` is `nil`.
    func with(_ key: String, _ value: JSON?) -> JSON {
        guard var members else { return self }
        let place = members.firstIndex { $0.key == key }
        switch (place, value) {
        case (let place?, let value?): members[place] = Member(key, value)
        case (let place?, nil): members.remove(at: place)
        case (nil, let value?): members.append(Member(key, value))
        case (nil, nil): break
        }
        return .object(members)
    }

    /// This object without these members.
    func without(_ keys: [String]) -> JSON {
        guard let members else { return self }
        return .object(members.filter { !keys.contains($0.key) })
    }

    /// An object of what is there.
    static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
        .object(members.compactMap { member in member.value.map { Member(member.key, $0) } })
    }
}
