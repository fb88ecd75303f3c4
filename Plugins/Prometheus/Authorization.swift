import PluginKit

/// Who may scrape. Credentials are compared in constant time.
struct Authorization: Sendable {
    private let bearer: Secret?
    /// The credentials of basic authentication as they stand in the header.
    private let basic: Secret?

    init(_ settings: PrometheusSettings) {
        bearer = settings.bearerToken
        basic = settings.basicUser.flatMap { user in
            settings.basicPassword.map { password in
                password.withBytes { Secret(base64: Array("\(user):".utf8) + $0) }
            }
        }
    }

    /// Everyone may where nothing is set.
    func admits(_ header: TextView?) -> Bool {
        guard bearer != nil || basic != nil else { return true }
        guard let header else { return false }
        let (scheme, credentials) = Self.split(header.bytes)
        return switch scheme {
        case "bearer": bearer?.matches(credentials) ?? false
        case "basic": basic?.matches(credentials) ?? false
        default: false
        }
    }

    /// What `WWW-Authenticate` says.
    var challenge: String {
        [
            bearer.map { _ in "Bearer realm=\"metrics\"" },
            basic.map { _ in "Basic realm=\"metrics\"" },
        ]
        .compactMap { $0 }.joined(separator: ", ")
    }

    private static func split(
        _ header: UnsafeRawBufferPointer
    ) -> (scheme: String, credentials: UnsafeRawBufferPointer) {
        let space = UInt8(ascii: " ")
        let scheme = header.prefix { $0 != space }
        let rest = header[scheme.endIndex...].drop { $0 == space }
        return (
            String(decoding: scheme, as: UTF8.self).lowercased(),
            UnsafeRawBufferPointer(rebasing: rest)
        )
    }
}

extension Secret {
    /// Source: RFC 4648, 4.
    fileprivate convenience init(base64 bytes: [UInt8]) {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0...3 {
                let digit = bits >> (18 - 6 * index) & 63
                text.append(index <= group.count ? alphabet[digit] : UInt8(ascii: "="))
            }
        }
        self.init(copying: text)
    }
}
