import Glibc

/// An IPv4 or IPv6 address. An IPv4 address that is mapped into IPv6 is the IPv4 address.
package struct IPAddress: Hashable, Sendable {
    /// In network byte order: 4 or 16.
    let bytes: [UInt8]

    /// A text without brackets and port.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        if let four = Self.bytes(of: text, AF_INET, count: 4) {
            bytes = four
        } else if let six = Self.bytes(of: text, AF_INET6, count: 16) {
            let isMapped = six.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            bytes = isMapped ? Array(six[12...]) : six
        } else {
            return nil
        }
    }

    /// Whether only this machine can have it: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        bytes.count == 4
            ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    private static func bytes(of text: String, _ family: Int32, count: Int) -> [UInt8]? {
        var address = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &address) == 1 ? address : nil
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
