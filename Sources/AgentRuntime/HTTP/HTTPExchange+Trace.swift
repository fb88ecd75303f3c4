import HTTPTypes
import HummingbirdCore

extension HTTPExchange {
    /// The id of the trace a request belongs to, as its `traceparent` says; nil where it says none.
    ///
    /// Source: W3C Trace Context, section 3.2
    var traceID: String? {
        guard let name = HTTPField.Name("traceparent"), let text = request.headers[name] else {
            return nil
        }
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, fields[0].count == 2, fields[0] != "ff", fields[1].count == 32,
            fields[2].count == 16, fields[3].count == 2,
            fields[0] != "00" || fields.count == 4,
            fields.prefix(4).allSatisfy({ $0.utf8.allSatisfy(Self.isLowerHexadecimal) }),
            fields[1].contains(where: { $0 != "0" }), fields[2].contains(where: { $0 != "0" })
        else { return nil }
        return String(fields[1])
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
