/// Where a part of the configuration was written, for errors that are only found later.
package struct ConfigurationLocation: Hashable, Sendable {
    package let file: String
    package let position: JSONPosition
    package let keyPath: ValuePath

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
