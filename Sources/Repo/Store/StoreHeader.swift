import Glibc

/// What the first 100 bytes of an SQLite file say, read without SQLite, which would already have to lock it.
///
/// Source: the database file format, section 1.3.
struct StoreHeader: Equatable {
    /// Stands in every store of the agent, so that it is told from other programs' databases: "nauT".
    static let applicationID: Int32 = 0x6e61_7554
    static let size = 100

    let schema: Int32
    let application: Int32

    /// Nil where the bytes are no header.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.size, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
            return nil
        }
        schema = Self.integer(bytes[60..<64])
        application = Self.integer(bytes[68..<72])
    }

    /// Reads a file's. Call it only while no connection is open: closing a file lets go of SQLite's locks on it.
    static func read(_ path: String) throws(RepoError) -> StoreHeader? {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else {
            throw .place(
                path: path, reason: "cannot read it: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard count == size else { return nil }
        return StoreHeader(bytes)
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int32 {
        Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }
}
