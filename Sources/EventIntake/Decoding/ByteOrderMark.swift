/// What some editors and serializers write before a text in UTF-8; a reader may ignore it.
///
/// Source: RFC 8259, 8.1
enum ByteOrderMark {
    /// Where the text starts.
    static func skip(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        guard end - start >= 3, start[0] == 0xef, start[1] == 0xbb, start[2] == 0xbf else {
            return start
        }
        return start + 3
    }
}
