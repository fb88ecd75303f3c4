/// Source: W3C Trace Context, trace-id.
enum TraceID {
    static func isOne(_ text: ArraySlice<UInt8>) -> Bool {
        text.count == 32 && text.contains { $0 != UInt8(ascii: "0") }
            && text.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
