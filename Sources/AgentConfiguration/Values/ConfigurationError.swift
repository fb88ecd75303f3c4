/// One thing wrong with a configuration, as one sentence with its place.
package struct ConfigurationError: Error, Hashable, Sendable {
    package enum Problem: Hashable, Sendable {
        /// The file cannot be read.
        case unreadable(reason: String)
        /// The text is not JSON.
        case malformed(reason: String)
        /// `nearest` is the accepted key that was probably meant.
        case unknownKey(nearest: String?, accepted: [String])
        case missingKey(String, expected: String)
        case unacceptable(found: String, expected: String)
        /// An `{"env": …}` or `{"file": …}` that yields no value.
        case unresolved(reason: String)
        /// Values that are each fine and do not go together.
        case inconsistent(reason: String)
    }

    package let file: String

    /// Where in the file; `nil` when the error is about the whole file.
    package let position: JSONPosition?
    package let keyPath: ValuePath
    package let problem: Problem

    package init(
        file: String, position: JSONPosition?, keyPath: ValuePath = ValuePath(),
        problem: Problem
    ) {
        self.file = file
        self.position = position
        self.keyPath = keyPath
        self.problem = problem
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// `file:line:column: key.path: what is wrong and what would be accepted`.
    package var description: String {
        let place = position.map { "\(file):\($0)" } ?? file
        return keyPath.isEmpty ? "\(place): \(problem)" : "\(place): \(keyPath): \(problem)"
    }
}

extension ConfigurationError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .malformed(let reason): reason
        case .unknownKey(let nearest?, let accepted):
            "unknown key (did you mean \(nearest.quoted())?); accepted are \(accepted.listed())"
        case .unknownKey(nil, let accepted) where accepted.isEmpty: "no key is accepted here"
        case .unknownKey(nil, let accepted): "unknown key; accepted are \(accepted.listed())"
        case .missingKey(let key, let expected):
            "the key \(key.quoted()) is missing; expected \(expected)"
        case .unacceptable(let found, let expected): "expected \(expected), found \(found)"
        case .unresolved(let reason), .inconsistent(let reason): reason
        }
    }
}

/// Every error of one configuration, in the order of the file.
package struct ConfigurationErrors: Error, Sendable, CustomStringConvertible {
    package let errors: [ConfigurationError]

    /// The hash of the file that has them; `nil` where it could not be read, or was not asked for.
    package let contentHash: String?

    package init(errors: [ConfigurationError], contentHash: String? = nil) {
        self.errors = errors
        self.contentHash = contentHash
    }

    /// One line for each error.
    package var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}

extension Sequence<String> {
    /// `"a", "b"`.
    func listed() -> String {
        map { $0.quoted() }.joined(separator: ", ")
    }
}
