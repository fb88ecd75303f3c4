import GRDB
import GRDBSQLite
import Glibc

extension RepoError {
    /// What an extended result code of SQLite means here. `detail` is SQLite's own text, which names tables and
    /// columns and never a value; `system` is the system's error beneath it, if any.
    init(code: Int32, detail: String, system: Int32 = 0) {
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy(detail)
        case SQLITE_FULL: self = .full(detail)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(detail)
        case SQLITE_CONSTRAINT: self = .constraint(detail)
        // SQLite knows a full disk as such, but not a quota, a limit on files, or an index that cannot grow.
        case SQLITE_IOERR where [ENOSPC, EDQUOT, EFBIG].contains(system) || code >> 8 == 19:
            self = .full(detail)
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY: self = .io(detail)
        default: self = .failed(code: code, detail)
        }
    }

    /// What a connection says of its last failure.
    init(of connection: OpaquePointer) {
        self.init(
            code: sqlite3_extended_errcode(connection),
            detail: String(cString: sqlite3_errmsg(connection)),
            system: Self.systemError(of: connection))
    }

    /// The system's error at the last failed access to the log, which every write goes to.
    private static func systemError(of connection: OpaquePointer) -> Int32 {
        var file: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        var number: Int32 = 0
        _ = file?.pointee.pMethods?.pointee.xFileControl?(file, SQLITE_FCNTL_LAST_ERRNO, &number)
        return number
    }

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
