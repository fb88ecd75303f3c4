import GRDB

/// The tables, indexes and triggers of a store: as the agent's migrations make them, or as they are found.
package struct StoreSchema: Sendable, Equatable {
    package struct Object: Sendable, Hashable {
        /// `table`, `index`, `trigger` or `view`.
        package let type: String
        package let name: String
        /// The table it belongs to; its own name where it is one.
        package let table: String
        let sql: String
    }

    /// Something that is not as it was made.
    package struct Difference: Sendable, Hashable {
        package enum Kind: Sendable { case missing, changed, foreign }

        package let kind: Kind
        package let object: Object

        var isMissingTable: Bool { kind == .missing && object.type == "table" }
    }

    private let objects: [Object]

    /// What the first `schema` migrations make.
    static func made(_ schema: Int) throws(RepoError) -> StoreSchema {
        guard schema != Migration.all.count else { return try newest.get() }
        return try make(schema).get()
    }

    private static let newest = make(Migration.all.count)

    /// Makes them in memory and looks.
    private static func make(_ schema: Int) -> Result<StoreSchema, RepoError> {
        do {
            let queue = try DatabaseQueue()
            let rows = try queue.write { database in
                for migration in Migration.all.prefix(schema) {
                    for statement in migration.statements {
                        try database.execute(sql: statement.sql)
                    }
                }
                return try Row.fetchAll(database, sql: Statement.schemaObjects.sql)
            }
            try queue.close()
            return .success(
                StoreSchema(
                    objects: rows.map {
                        Object(type: $0[0], name: $0[1], table: $0[2], sql: plain($0[3] ?? ""))
                    }))
        } catch { return .failure(RepoError(error)) }
    }

    static func read(_ session: Session) throws(RepoError) -> StoreSchema {
        StoreSchema(
            objects: try session.all(.schemaObjects) {
                Object(
                    type: $0.text(0), name: $0.text(1), table: $0.text(2), sql: plain($0.text(3)))
            })
    }

    /// What `found` lacks, has otherwise, or has beside it on the same tables. What belongs to tables that are not the
    /// agent's is nobody's business here.
    func differences(in found: StoreSchema) throws(RepoError) -> [Difference] {
        let known = Dictionary(found.objects.map { ($0.name, $0) }) { first, _ in first }
        let own = Set(objects.map(\.name))
        // What a later migration is to make must not be there either.
        let tables = Set(try Self.newest.get().objects.map(\.table))
        var differences: [Difference] = objects.compactMap { object in
            guard let other = known[object.name], other.type == object.type else {
                return Difference(kind: .missing, object: object)
            }
            return other == object ? nil : Difference(kind: .changed, object: object)
        }
        differences += found.objects.filter {
            tables.contains($0.table) && !own.contains($0.name)
        }.map { Difference(kind: .foreign, object: $0) }
        return differences
    }

    /// Without what means nothing.
    private static func plain(_ sql: String) -> String {
        sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension StoreSchema.Difference: CustomStringConvertible {
    package var description: String {
        let what = "the \(object.type) \"\(object.name)\""
        return switch kind {
        case .missing: "\(what) is gone"
        case .changed: "\(what) was changed"
        case .foreign: "\(what) on \"\(object.table)\" is none of the agent's"
        }
    }
}

extension Statement {
    static let schemaObjects = Statement(
        source: "schema", command: .select,
        sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid")
    /// Counts up with every change of the schema, whoever makes it.
    static let schemaChanges = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA schema_version")
}
