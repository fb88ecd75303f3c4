/// Why the store could not be opened, or a statement failed: one sentence each, without a value in it.
package enum RepoError: Error, Hashable {
    /// What was asked for when opening makes no sense.
    case settings(String)
    /// The store's directory or file cannot be used.
    case place(path: String, reason: String)
    /// The file is something else than a database.
    case notADatabase(path: String)
    /// The file is the database of another program.
    case foreign(path: String)
    /// A later version of the agent has written the file.
    case newerSchema(path: String, found: Int, known: Int)
    /// Another agent has the store open.
    case inUse(path: String, processID: Int32?)
    /// The file, or what stands in it, is damaged.
    case corrupt(String)
    /// Its tables are not as an agent makes them: somebody has changed them.
    case schema(path: String, [StoreSchema.Difference])
    /// Nothing can be appended to the audit log.
    case audit(String)
    /// Another program kept the store locked for longer than the busy timeout.
    case busy(String)
    /// No room is left for what was to be written.
    case full(String)
    /// What was to be written contradicts what is there.
    case constraint(String)
    /// The system could not read or write the file.
    case io(String)
    /// The store has been closed.
    case closed
    /// Everything else SQLite may say.
    case failed(code: Int32, String)

    /// Whether the same may succeed later with nothing changed here: another program lets go of the store, room is made.
    package var mayPass: Bool {
        switch self {
        case .busy, .full, .io: true
        // SQLITE_NOMEM, SQLITE_PROTOCOL
        case .failed(let code, _): [7, 15].contains(code & 0xff)
        default: false
        }
    }

    /// The class of the failure, as events carry it (`error_kind`).
    package var kind: String {
        switch self {
        case .settings: "settings"
        case .place: "place"
        case .notADatabase, .foreign, .corrupt: "corrupt"
        case .newerSchema: "newer_schema"
        case .inUse: "in_use"
        case .schema: "schema"
        case .audit: "audit"
        case .busy: "busy"
        case .full: "full"
        case .constraint: "constraint"
        case .io: "io"
        case .closed: "closed"
        case .failed: "other"
        }
    }
}

extension RepoError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .settings(let reason): "the store's settings are wrong: \(reason)"
        case .place(let path, let reason): "the store \(path) cannot be used: \(reason)"
        case .notADatabase(let path):
            "the store \(path) is not an SQLite database; it was left as it is: "
                + "move it away, or give another path"
        case .foreign(let path):
            "the store \(path) is the database of another program; it was left as it is: "
                + "give another path"
        case .newerSchema(let path, let found, let known):
            "the store \(path) was written by a later agent (its schema is \(found), this agent "
                + "knows up to \(known)); it was left as it is"
        case .inUse(let path, let processID):
            "the store \(path) is in use by another agent"
                + (processID.map { " (process \($0))" } ?? "")
        case .corrupt(let detail): "the store is damaged: \(detail)"
        case .schema(let path, let differences):
            "the store \(path) is not as an agent made it: "
                + differences.prefix(4).map { "\($0)" }.joined(separator: ", ")
                + (differences.count > 4 ? " and \(differences.count - 4) more" : "")
                + "; undo that with sqlite3, or move the store away"
        case .audit(let detail): "the audit log takes no entry: \(detail)"
        case .busy(let detail): "the store is locked by another program: \(detail)"
        case .full(let detail): "no room is left for the store: \(detail)"
        case .constraint(let detail): "the store refused a contradiction: \(detail)"
        case .io(let detail): "the store could not be read or written: \(detail)"
        case .closed: "the store is closed"
        case .failed(let code, let detail): "the store failed with code \(code): \(detail)"
        }
    }
}
