/// Who is spoken to, in words that OpenSSH cannot take for anything else.
struct SSHDestination: Sendable, Hashable {
    let arguments: [String]

    init(_ endpoint: SSHEndpoint) throws(AdapterFailure) {
        guard Self.isWord(endpoint.host, beside: ".-_:%", longest: 255) else {
            throw .invalidEndpoint("the host '\(endpoint.host)' is no name and no address")
        }
        guard endpoint.port != 0 else { throw .invalidEndpoint("the port 0 cannot be reached") }
        var arguments = ["-p", "\(endpoint.port)"]
        if let user = endpoint.user {
            guard Self.isWord(user, beside: ".-_@", longest: 64) else {
                throw .invalidEndpoint("the user '\(user)' is no user's name")
            }
            arguments += ["-l", user]
        }
        self.arguments = arguments + ["--", endpoint.host]
    }

    /// Letters, digits and a few others, of which `-` does not begin it: it would be an option.
    private static func isWord(_ text: String, beside others: String, longest: Int) -> Bool {
        guard !text.isEmpty, text.utf8.count <= longest, !text.hasPrefix("-") else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": true
            default: others.unicodeScalars.contains(scalar)
            }
        }
    }
}

extension AdapterFailure {
    static func invalidEndpoint(_ message: String) -> AdapterFailure {
        AdapterFailure(kind: "connect", reason: "invalid_endpoint", message: message)
    }
}
