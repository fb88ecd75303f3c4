import Glibc

/// Where to listen: `127.0.0.1:9568`, `[::1]:9568`, `localhost:0`, or `:9568` for every interface.
package struct ListenAddress: Hashable, Sendable {
    /// A name or address without brackets; empty for every interface.
    package let host: String

    /// 0 lets the system choose.
    package let port: UInt16

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.port(text[text.index(after: colon)...])
        else { return nil }
        let written = text[..<colon]
        if written.hasPrefix("[") {
            let host = String(written.dropFirst().dropLast())
            guard written.hasSuffix("]"), Self.isIPv6(host) else { return nil }
            self.host = host
        } else {
            guard written.isEmpty || Self.isHost(written) else { return nil }
            host = String(written)
        }
        self.port = port
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || (Self.isIPv4(host) && host.hasPrefix("127."))
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return UInt16(text)
    }

    static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    /// Labels of letters, digits, `-` and `_`, parted by dots; what looks like an IPv4 address has
    /// to be one.
    private static func isHost(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253,
            labels.allSatisfy({ label in
                (1...63).contains(label.utf8.count)
                    && label.unicodeScalars.allSatisfy {
                        $0.isASCII
                            && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                            || $0 == "-" || $0 == "_"
                    }
            })
        else { return false }
        let isNumeric = labels.last?.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        return isNumeric == false || isIPv4(String(text))
    }
}

extension ListenAddress: CustomStringConvertible {
    /// As it is written in the file.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
