/// Tells whether two files hold the same; no protection against someone who wants them to collide.
///
/// Source: FNV-1a, 64 bits.
package enum ContentHash {
    /// 16 lower-case hexadecimal digits.
    package static func text(of bytes: some Sequence<UInt8>) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes {
            hash ^= UInt64(byte)
            hash &*= 0x0000_0100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
