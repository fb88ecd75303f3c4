/// A statement as it is written in the source, with what its events say of it. Values never stand in it: they are
/// its parameters (`?`).
///
/// Made once and kept (`static let`): every connection prepares it at most once.
package final class Statement: Sendable {
    /// What kind of work it is.
    package enum Command: String, Sendable {
        case select, insert, update, delete, begin, commit, rollback, pragma, migrate

        /// Whether SQLite counts rows for it; what it says after any other is the count of an earlier statement.
        var changesRows: Bool {
            switch self {
            case .insert, .update, .delete: true
            case .select, .begin, .commit, .rollback, .pragma, .migrate: false
            }
        }
    }

    /// The table it is about; `transaction` and `schema` where there is none.
    package let source: String
    package let command: Command
    package let sql: String
    /// Tells statements apart in events: 16 hexadecimal digits of the text's FNV-1a hash, the same in every build.
    package let fingerprint: String

    package init(source: String, command: Command, sql: String) {
        self.source = source
        self.command = command
        self.sql = sql
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        fingerprint = String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Statement {
    static let begin = Statement(
        source: "transaction", command: .begin, sql: "BEGIN IMMEDIATE")
    static let commit = Statement(source: "transaction", command: .commit, sql: "COMMIT")
    static let rollback = Statement(source: "transaction", command: .rollback, sql: "ROLLBACK")
}
