extension Migration {
    /// Finds the newest entries about one type of resource without sorting all of them.
    static let auditResourceTypes = Migration(
        "audit_resource_types",
        [
            """
            CREATE INDEX audit_by_resource_type ON audit_entries (resource_type, inserted_at)
            """
        ])
}
