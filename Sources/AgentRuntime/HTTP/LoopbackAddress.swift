import Glibc

/// Addresses that only this machine can have.
enum LoopbackAddress {
    /// Whether a text is one: 127.0.0.0/8, ::1, or the former mapped into IPv6.
    static func contains(_ text: String) -> Bool {
        if let four = bytes(of: text, AF_INET, count: 4) { return four[0] == 127 }
        guard let six = bytes(of: text, AF_INET6, count: 16) else { return false }
        let isMapped =
            six.prefix(10).allSatisfy { $0 == 0 } && six[10...11].allSatisfy { $0 == 0xFF }
        let isOne = six.dropLast().allSatisfy { $0 == 0 } && six[15] == 1
        return isOne || (isMapped && six[12] == 127)
    }

    /// The address in network byte order; nil where the text is none of this family.
    private static func bytes(of text: String, _ family: Int32, count: Int) -> [UInt8]? {
        var address = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &address) == 1 ? address : nil
    }
}
