import Digest

/// How entries are chained: SHA-256 over the hash before and all columns, in their order.
///
/// A null is one byte 0; an integer 1 and eight bytes; a text 2, its length in eight bytes, and its UTF-8. Numbers have
/// their highest byte first. What comes before the first entry is 32 zero bytes.
enum AuditChain {
    static let beginning = [UInt8](repeating: 0, count: 32)

    static func hash(after previous: [UInt8], _ values: some Collection<SQLValue>) -> [UInt8] {
        var bytes = previous
        bytes.reserveCapacity(512)
        for value in values {
            switch value {
            case .null: bytes.append(0)
            case .integer(let number):
                bytes.append(1)
                append(number, to: &bytes)
            case .text(let text): append(2, Array(text.utf8), to: &bytes)
            case .blob(let blob): append(3, blob, to: &bytes)
            }
        }
        return bytes.withUnsafeBytes { SHA256.digest(of: $0) }
    }

    /// The hash a stored row should have, of the very bytes that are stored.
    static func hash(after previous: [UInt8], _ row: Columns) -> [UInt8] {
        var bytes = previous
        bytes.reserveCapacity(512)
        for column in Int32(0)..<12 {
            if row.isNull(column) {
                bytes.append(0)
            } else if column == 0 || column == 11 {
                bytes.append(1)
                append(row.integer(column), to: &bytes)
            } else {
                append(2, row.bytes(column), to: &bytes)
            }
        }
        return bytes.withUnsafeBytes { SHA256.digest(of: $0) }
    }

    private static func append(_ kind: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(kind)
        append(Int64(content.count), to: &bytes)
        bytes += content
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}
