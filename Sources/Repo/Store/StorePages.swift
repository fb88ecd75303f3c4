/// How much room the store has, and how much of it is used.
struct StorePages: Equatable {
    /// Bytes in a page of a store that is made now. Output comes in pieces of up to 64 KiB: in pages of 4 KiB, as
    /// SQLite makes them by itself, a piece is a chain of 16.
    static let newSize = 16_384

    let size: Int64
    let all: Int64
    let free: Int64

    /// What rows and indexes take.
    var usedBytes: Int64 { bytes(max(0, all) - min(max(0, free), max(0, all))) }
    /// What nothing is stored in.
    var freeBytes: Int64 { bytes(max(0, free)) }

    /// What all but the audit log takes.
    func runBytes(_ session: Session) throws(RepoError) -> Int64 {
        let audit = try AuditTally.read(session).bytes
        return usedBytes - min(max(0, audit), usedBytes)
    }

    private func bytes(_ pages: Int64) -> Int64 {
        let product = pages.multipliedReportingOverflow(by: max(0, size))
        return product.overflow ? .max : product.partialValue
    }

    static func read(_ session: Session) throws(RepoError) -> StorePages {
        StorePages(
            size: try session.one(.pageSize) { $0.integer(0) } ?? 0,
            all: try session.one(.pageCount) { $0.integer(0) } ?? 0,
            free: try session.one(.freePageCount) { $0.integer(0) } ?? 0)
    }
}

extension Statement {
    static let pageSize = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA page_size")
    fileprivate static let pageCount = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA page_count")
    fileprivate static let freePageCount = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA freelist_count")
}
