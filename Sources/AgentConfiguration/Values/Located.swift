/// Where a part of the configuration was written, for errors that are only found later.
package struct ConfigurationLocation: Hashable, Sendable {
    package let file: String
    package let position: JSONPosition
    package let keyPath: ValuePath

    /// The error "this key is not known", for keys that only a plugin can tell.
    package func unknownKey(accepted: [String]) -> ConfigurationError {
        var nearest: String?
        if case .key(let key) = keyPath.components.last { nearest = accepted.nearest(to: key) }
        return ConfigurationError(
            file: file, position: position, keyPath: keyPath,
            problem: .unknownKey(nearest: nearest, accepted: accepted))
    }

    /// The error "these values do not go together" or "this cannot be had", at this place.
    package func error(_ reason: String) -> ConfigurationError {
        ConfigurationError(
            file: file, position: position, keyPath: keyPath,
            problem: .inconsistent(reason: reason))
    }
}

/// A value with the place it was written at; its members are reached directly.
@dynamicMemberLookup
package struct Located<Value: Sendable>: Sendable {
    package let value: Value
    package let location: ConfigurationLocation

    package subscript<Member>(dynamicMember member: KeyPath<Value, Member>) -> Member {
        value[keyPath: member]
    }
}
