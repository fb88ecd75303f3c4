/// Checks UTF-8 byte by byte; only ever called for text beyond ASCII.
enum UTF8Check {
    /// The first byte that does not belong to a well-formed sequence, or nil.
    static func firstFault(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        while at < end {
            let length = sequenceLength(at, end)
            guard length > 0 else { return at }
            at += length
        }
        return nil
    }

    /// The length of the sequence at `at`, 0 where there is none. Source: Unicode 15, table 3-7.
    private static func sequenceLength(
        _ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> Int {
        let lead = at[0]
        if lead < 0x80 { return 1 }
        let length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
        guard lead >= 0xc2, lead <= 0xf4, end - at >= length else { return 0 }
        let second: ClosedRange<UInt8> =
            switch lead {
            case 0xe0: 0xa0...0xbf
            case 0xed: 0x80...0x9f
            case 0xf0: 0x90...0xbf
            case 0xf4: 0x80...0x8f
            default: 0x80...0xbf
            }
        guard second.contains(at[1]) else { return 0 }
        for index in 2..<max(2, length) where at[index] & 0xc0 != 0x80 { return 0 }
        return length
    }
}
