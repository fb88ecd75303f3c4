/// One step of the schema: the store's `user_version` is the number of the last one applied.
///
/// A migration that has been released is never changed; what is to be different is a further one. Each has a file
/// of its own, and its place in `Migration.all`.
struct Migration: Sendable {
    let name: String
    let statements: [Statement]

    init(_ name: String, _ statements: [String]) {
        self.name = name
        self.statements = statements.map {
            Statement(source: "schema", command: .migrate, sql: $0)
        }
    }

    /// In the order they are applied. Only ever appended to.
    static let all: [Migration] = [
        .runs, .audit, .auditResourceTypes, .auditTally, .schedules,
    ]

    /// From this schema on there is an audit log.
    static let firstWithAudit = 2
    /// From this schema on entries may have a seal, and are counted.
    static let firstWithTally = 4
}

extension Migration {
    /// Brings a store to the newest schema, one transaction for each step.
    static func apply(_ migrations: [Migration] = all, in session: Session) throws(RepoError) {
        let schema = try number(in: session)
        for (index, migration) in migrations.enumerated().dropFirst(schema) {
            try session.transaction {
                () throws(RepoError) in
                for statement in migration.statements { try session.run(statement) }
                try session.run(
                    Statement(
                        source: "schema", command: .pragma,
                        sql: "PRAGMA user_version = \(index + 1)"))
                try session.run(.markAsOurs)
            }
        }
        // What ran once need not stay prepared.
        session.forget()
    }

    /// The number of the last migration that was applied.
    static func number(in session: Session) throws(RepoError) -> Int {
        let number = try session.one(.schemaNumber) { $0.integer(0) } ?? 0
        guard number >= 0 else { throw .corrupt("it says that its schema is \(number)") }
        return Int(clamping: number)
    }
}

extension Statement {
    static let schemaNumber = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA user_version")
    static let markAsOurs = Statement(
        source: "schema", command: .pragma,
        sql: "PRAGMA application_id = \(StoreHeader.applicationID)")
}
