import Telemetry

/// Notices that somebody has changed the store's tables while the agent has it open.
final class SchemaWatch: Sendable {
    private let path: String
    /// The schema's count of changes when it was last found in order.
    private let changes = Guarded<Int64?>(nil)

    init(path: String) { self.path = path }

    /// Throws while a table, an index or a trigger is not as it was made.
    func look(_ session: Session) throws(RepoError) {
        let now = try session.one(.schemaChanges) { $0.integer(0) }
        guard now == nil || now != changes.withLock({ $0 }) else { return }
        try hold(try .made(try Migration.number(in: session)), against: .read(session))
        changes.withLock { $0 = now }
    }

    private func hold(_ made: StoreSchema, against found: StoreSchema) throws(RepoError) {
        let differences = try made.differences(in: found)
        guard differences.isEmpty else { throw .schema(path: path, differences) }
    }
}
