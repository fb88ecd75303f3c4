extension Session {
    /// Runs `body` between BEGIN and COMMIT; ROLLBACK where either fails. Emits `<prefix>.transaction`.
    func transaction<Value>(_ body: () throws(RepoError) -> Value) throws(RepoError) -> Value {
        // A rollback that failed earlier (a disk that was gone) is made up for here.
        if isInTransaction { rollBack() }
        let start = now()
        do {
            try run(.begin)
            let value = try body()
            try run(.commit)
            report(start, "commit")
            return value
        } catch {
            rollBack()
            report(start, "rollback")
            throw error
        }
    }

    /// SQLite has often rolled back by itself by now (a full disk, an I/O error).
    private func rollBack() {
        if isInTransaction { _ = try? run(.rollback) }
    }
}
