/// Something about runs that is to be stored.
enum RunWrite: Sendable {
    case create(Run)
    case save(Run)
    case append([RunChunk])
    case schedule(ScheduleRow)

    /// About what it takes up in a transaction.
    var byteCount: Int {
        switch self {
        case .create, .save, .schedule: 512
        case .append(let chunks): chunks.reduce(0) { $0 + $1.bytes.count + 64 }
        }
    }

    func perform(in session: Session) throws(RepoError) {
        switch self {
        case .create(let run):
            try session.run(.createRun, RunRow.values(run))
        case .save(let run):
            let changed = try session.run(
                .saveRun, RunRow.changingValues(run) + [.text(run.id.text)])
            guard changed == 1 else { throw .constraint("there is no run \(run.id)") }
        case .schedule(let row): try session.run(.saveSchedule, row.values)
        case .append(let chunks):
            var last: (id: RunID, number: Int64)?
            for chunk in chunks {
                let number: Int64
                if let last, last.id == chunk.runID {
                    number = last.number
                } else {
                    number = try Self.number(of: chunk.runID, in: session)
                    last = (chunk.runID, number)
                }
                try session.run(
                    .appendChunk,
                    [
                        .integer(number), .integer(chunk.seq), .integer(chunk.at),
                        .blob(chunk.bytes),
                    ])
            }
        }
    }

    private static func number(of run: RunID, in session: Session) throws(RepoError) -> Int64 {
        let number = try session.one(.findRunNumber, [.text(run.text)]) { $0.integer(0) }
        guard let number else { throw .constraint("there is no run \(run)") }
        return number
    }
}
