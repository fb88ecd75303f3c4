/// How a run stands in its row.
enum RunRow {
    static let columns = """
        id, device_id, protocol, site, command, requested_by, correlation_id, created_at, \
        status, reason, message, exit_code, started_at, finished_at, bytes, chunks, is_truncated
        """

    static func decode(_ columns: Columns) throws(RepoError) -> Run {
        guard
            let id = RunID(columns.text(0)),
            let command = CommandColumn.decode(columns.text(4)),
            let status = RunStatus(rawValue: columns.text(8))
        else { throw .corrupt("a row of runs has an id, a command or a status that is none") }
        var run = Run(
            id: id, deviceID: columns.text(1), protocolName: columns.text(2),
            site: columns.text(3), command: command, requestedBy: columns.text(5),
            correlationID: columns.optionalText(6), createdAt: columns.integer(7))
        run.status = status
        run.reason = columns.optionalText(9)
        run.message = columns.optionalText(10)
        run.exitCode = columns.optionalInteger(11).map { Int32(truncatingIfNeeded: $0) }
        run.startedAt = columns.optionalInteger(12)
        run.finishedAt = columns.optionalInteger(13)
        run.bytes = columns.integer(14)
        run.chunks = columns.integer(15)
        run.isTruncated = columns.integer(16) != 0
        return run
    }

    static func values(_ run: Run) -> [SQLValue] {
        [
            .text(run.id.text), .text(run.deviceID), .text(run.protocolName), .text(run.site),
            .text(CommandColumn.encode(run.command)), .text(run.requestedBy),
            SQLValue(run.correlationID), .integer(run.createdAt),
        ] + changingValues(run)
    }

    /// What a transition changes, in the order of `Statement.saveRun`.
    static func changingValues(_ run: Run) -> [SQLValue] {
        [
            .text(run.status.rawValue), SQLValue(run.reason), SQLValue(run.message),
            SQLValue(run.exitCode), SQLValue(run.startedAt), SQLValue(run.finishedAt),
            .integer(run.bytes), .integer(run.chunks), SQLValue(run.isTruncated),
        ]
    }
}
