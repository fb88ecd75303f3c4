import GRDBSQLite

/// A statement of one connection: compiled by SQLite, its events resolved.
///
/// Used on its connection's queue only; freed there, or while nobody uses the connection.
final class PreparedStatement {
    let handle: OpaquePointer
    let events: BoundQuery
    let returnsRows: Bool
    private let connection: OpaquePointer

    init(_ statement: Statement, on connection: OpaquePointer, events: RepoEvents)
        throws(RepoError)
    {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection, statement.sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw RepoError(of: connection)
        }
        self.handle = handle
        self.connection = connection
        returnsRows = sqlite3_column_count(handle) > 0
        self.events = events.bind(statement, returnsRows: returnsRows)
    }

    deinit { sqlite3_finalize(handle) }

    /// Gives the parameters their values; SQLite copies them.
    func bind(_ arguments: [SQLValue]) throws(RepoError) {
        var index: Int32 = 1
        for argument in arguments {
            let code =
                switch argument {
                case .null: sqlite3_bind_null(handle, index)
                case .integer(let value): sqlite3_bind_int64(handle, index, value)
                case .text(let value):
                    sqlite3_bind_text(
                        handle, index, value, Int32(clamping: value.utf8.count), Self.copied)
                case .blob(let bytes):
                    bytes.withUnsafeBytes {
                        // An empty blob is not NULL.
                        $0.isEmpty
                            ? sqlite3_bind_zeroblob(handle, index, 0)
                            : sqlite3_bind_blob64(
                                handle, index, $0.baseAddress, UInt64($0.count), Self.copied)
                    }
                }
            guard code == SQLITE_OK else { throw RepoError(of: connection) }
            index &+= 1
        }
    }

    /// Goes to the next row; false behind the last.
    func step() throws(RepoError) -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw RepoError(of: connection)
        }
    }

    /// Rows the last statement inserted, changed or deleted.
    var changes: Int64 { sqlite3_changes64(connection) }

    /// Ends the execution and forgets the values.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// SQLITE_TRANSIENT: have SQLite make a copy.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
