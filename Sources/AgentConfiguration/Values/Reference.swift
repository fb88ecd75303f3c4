import Glibc

/// A value that is written elsewhere: `{"env": "NAME"}` or `{"file": "path"}`.
package enum Reference: Hashable, Sendable {
    case environment(String)
    case file(String)

    /// What went wrong with finding the value.
    enum Failure: Error {
        /// The variable is not set at all.
        case unset(String)
        case unusable(String)
    }

    /// The reference a node spells, or `nil` when it is none: exactly one key, with a text that is
    /// not empty.
    package init?(_ node: JSONNode) {
        guard case .object(let members) = node.content, members.count == 1,
            let member = members.first, case .string(let text) = member.value.content, !text.isEmpty
        else { return nil }
        switch member.key {
        case "env": self = .environment(text)
        case "file": self = .file(text)
        default: return nil
        }
    }

    /// The value; of a file the content without the newline it ends in.
    func resolve(environment: Environment, directory: String) throws(Failure) -> String {
        switch self {
        case .environment(let name):
            guard let text = environment[name] else {
                throw .unset("the environment variable \(name.quotedUnlessPlain) is not set")
            }
            return text
        case .file(let name):
            let path = ConfigurationDirectory(directory).resolve(name)
            let bytes: [UInt8]
            do {
                bytes = try FileBytes.read(path, limit: 64 << 10)
            } catch {
                throw .unusable("the file \(path.quoted()) cannot be read: \(error.reason)")
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .unusable("the file \(path.quoted()) is not valid UTF-8")
            }
            return String(text.trimmingNewline)
        }
    }

    /// How an error names what was found there without showing it.
    var summary: String {
        switch self {
        case .environment(let name):
            "the value of the environment variable \(name.quotedUnlessPlain)"
        case .file(let name): "the content of the file \(name.quoted())"
        }
    }

    /// The JSON Schema of both forms.
    static let schema: JSONValue = [
        "description": "A value written elsewhere: in an environment variable or in a file.",
        "oneOf": [
            [
                "type": "object", "required": ["env"], "additionalProperties": false,
                "properties": [
                    "env": [
                        "type": "string", "minLength": 1,
                        "description": "Name of the environment variable that holds the value.",
                    ]
                ],
            ],
            [
                "type": "object", "required": ["file"], "additionalProperties": false,
                "properties": [
                    "file": [
                        "type": "string", "minLength": 1,
                        "description":
                            "File that holds the value; relative to the configuration's directory.",
                    ]
                ],
            ],
        ],
    ]
}

extension String {
    fileprivate var trimmingNewline: Substring {
        hasSuffix("\r\n") || hasSuffix("\n") ? dropLast() : self[...]
    }
}
