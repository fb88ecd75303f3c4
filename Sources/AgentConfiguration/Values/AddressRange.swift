/// The addresses that begin alike: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
package struct AddressRange: Hashable, Sendable {
    private let start: IPAddress
    /// How many bits all have in common.
    private let length: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let start = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let longest = start.bytes.count * 8
        guard parts.count == 2 else {
            self.start = start
            length = longest
            return
        }
        let digits = parts[1].utf8
        guard (1...3).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let length = Int(parts[1]), length <= longest,
            // `::ffff:10.0.0.0/104` would mean another length than it says.
            !(longest == 32 && parts[0].contains(":"))
        else { return nil }
        self.start = start
        self.length = length
    }

    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == start.bytes.count else { return false }
        let whole = length / 8
        guard address.bytes[..<whole] == start.bytes[..<whole] else { return false }
        let rest = length % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return address.bytes[whole] & mask == start.bytes[whole] & mask
    }
}

extension Shape<AddressRange> {
    static let addressRange = scalar(
        "an address such as \"192.0.2.7\", or a range such as \"10.0.0.0/8\"",
        schema: ["type": "string", "pattern": "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"]
    ) { content in
        guard case .string(let text) = content else { return nil }
        return AddressRange(text)
    }
}
