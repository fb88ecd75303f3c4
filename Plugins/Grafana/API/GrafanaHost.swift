import PluginKit

/// Where Grafana lives, taken from the setting "url": scheme, host and port, and the path it lives under.
struct GrafanaHost: Equatable, Sendable {
    /// Without credentials and without the slash at the end: it may be shown.
    let base: String

    /// What stood before "@", not percent-decoded any more; it may not.
    let user: String?
    let password: String?

    struct Unusable: Error, CustomStringConvertible {
        /// Never shows what was found: it may hold a password.
        let description =
            "setting \"url\": accepted: http:// or https://, a host, and the path Grafana lives "
            + "under, such as https://example.net/grafana"
    }

    init(_ url: String) throws(Unusable) {
        guard let scheme = ["https://", "http://"].first(where: url.lowercased().hasPrefix),
            url.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x5c }),
            !url.contains("?"), !url.contains("#")
        else { throw Unusable() }
        let rest = url.dropFirst(scheme.count)
        var authority = rest.prefix { $0 != "/" }
        let path = rest[authority.endIndex...]
        var credentials: Substring?
        if let at = authority.lastIndex(of: "@") {
            credentials = authority[..<at]
            authority = authority[authority.index(after: at)...]
        }
        guard !authority.isEmpty, !authority.hasPrefix(":") else { throw Unusable() }
        var base = scheme + authority + path
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        guard let credentials else {
            user = nil
            password = nil
            return
        }
        let colon = credentials.firstIndex(of: ":")
        user = String(credentials[..<(colon ?? credentials.endIndex)]).percentDecoded
        password = colon.map { String(credentials[credentials.index(after: $0)...]).percentDecoded }
    }

    /// An address a server answered with, without what may be a secret: no credentials, no query.
    static func shown(location: String) -> String {
        let plain = location.prefix { $0 != "?" && $0 != "#" }
        guard let start = plain.range(ofScheme: "://") else { return String(plain.prefix(200)) }
        let rest = plain[start...]
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return String((plain[..<start] + host + rest[authority.endIndex...]).prefix(200))
    }
}

extension Substring {
    /// Where that which follows `mark` begins.
    fileprivate func range(ofScheme mark: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) { return self.index(index, offsetBy: mark.count) }
            formIndex(after: &index)
        }
        return nil
    }
}

extension String {
    fileprivate var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = String(Substring(rest.prefix(2)))
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2,
                let code = UInt8(digits, radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
