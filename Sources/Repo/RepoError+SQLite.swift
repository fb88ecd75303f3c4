import GRDB
import GRDBSQLite

extension RepoError {
    /// What an extended result code of SQLite means here. `detail` is SQLite's own text, which names tables and
    /// columns and never a value.
    init(code: Int32, detail: String) {
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy(detail)
        case SQLITE_FULL: self = .full(detail)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(detail)
        case SQLITE_CONSTRAINT: self = .constraint(detail)
        // A file that may not grow, or a disk quota, is reported as a failed write.
        case SQLITE_IOERR where Self.roomCodes.contains(code): self = .full(detail)
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY: self = .io(detail)
        default: self = .failed(code: code, detail)
        }
    }

    /// Failed writes, syncs and truncations: what a file beyond its limit or a quota comes out as.
    private static let roomCodes: Set<Int32> = [
        SQLITE_IOERR | 3 << 8,  // SQLITE_IOERR_WRITE
        SQLITE_IOERR | 19 << 8,  // SQLITE_IOERR_SHMSIZE
    ]

    /// What GRDB reports while it opens and closes connections.
    init(_ error: any Error) {
        switch error {
        case let error as RepoError: self = error
        case let error as DatabaseError:
            self.init(
                code: error.extendedResultCode.rawValue, detail: error.message ?? "no detail")
        default: self = .failed(code: -1, "\(error)")
        }
    }
}
