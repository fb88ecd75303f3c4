/// Goes through the log from its first entry to its last, a page at a time, and notes what is wrong.
struct AuditWalk: Sendable {
    private(set) var verdict = AuditVerdict()
    private let anchor: AuditVerdict.Anchor?
    /// The last entry as it stands beside the store.
    private let left: AuditVerdict.Anchor?
    private let keys: AuditKeys
    /// Whether the rest of the file is looked at, too.
    private let isWhole: Bool
    private var previous = AuditChain.beginning
    private var last: Int64 = 0
    private var lastHash: [UInt8] = []
    private var hasBegun = false
    /// Whether the schema is of a day before entries could have a seal.
    private var isOld = false

    init(
        anchor: AuditVerdict.Anchor?, left: AuditVerdict.Anchor? = nil, keys: AuditKeys = .none,
        isWhole: Bool = false
    ) {
        self.anchor = anchor
        self.left = left
        self.keys = keys
        self.isWhole = isWhole
    }

    /// Looks at the next page. Answers false after the last one.
    mutating func page(_ session: Session, size: Int64 = 1000) throws(RepoError) -> Bool {
        var walk = self
        defer { self = walk }
        do throws(RepoError) {
            if !walk.hasBegun, try !walk.begin(session) { return false }
            var count: Int64 = 0
            // A row with a number below the first is met on the first page.
            let after = walk.verdict.entries == 0 ? Int64.min : walk.last
            let statement: Statement = walk.isOld ? .auditAfterUnsealed : .auditAfter
            try session.each(statement, [.integer(after), .integer(size)]) { columns in
                walk.take(columns)
                count += 1
                return true
            }
            if count < size { try walk.end(session) }
            return count == size
        } catch {
            // What cannot be read is no reason to say nothing of it.
            guard case .corrupt(let detail) = error, walk.hasBegun else { throw error }
            walk.verdict.add(.damaged(detail))
            return false
        }
    }

    /// Looks at what holds the entries. False where there is nothing to go through.
    private mutating func begin(_ session: Session) throws(RepoError) -> Bool {
        let schema = try Migration.number(in: session)
        guard schema <= Migration.all.count else {
            throw .newerSchema(path: "", found: schema, known: Migration.all.count)
        }
        hasBegun = true
        isOld = schema < Migration.firstWithTally
        // A store with nothing in it was one with everything, or there is nothing to verify.
        let made = try StoreSchema.made(schema == 0 ? Migration.all.count : schema)
        let differences = try made.differences(in: .read(session))
            .filter { $0.object.table.hasPrefix("audit_") }
        for difference in differences { verdict.add(.schema(difference)) }
        guard schema >= Migration.firstWithAudit, !differences.contains(where: \.isMissingTable)
        else {
            let known = max(anchor?.seq ?? 0, left?.seq ?? 0)
            if known > 0 { verdict.add(.missing(1...known)) }
            return false
        }
        for detail in try session.all(isWhole ? .checkAll : .checkAudit, decode: { $0.text(0) })
        where detail != "ok" {
            // The first line says only which database.
            let lines = detail.split(separator: "\n").filter { !$0.hasPrefix("***") }
            for line in lines { verdict.add(.damaged(String(line))) }
        }
        return true
    }

    private mutating func take(_ row: Columns) {
        let seq = row.integer(0)
        let hash = row.bytes(12)
        let matches = AuditChain.hash(after: previous, row) == hash
        if seq > last, seq - 1 > last {
            // The one behind a gap may well match: it was appended when the gap was there.
            verdict.add(.missing(last + 1...seq - 1))
        } else if seq <= last || !matches {
            verdict.add(.changed(seq: seq))
        }
        let head = AuditVerdict.Anchor(seq: seq, hash: hash)
        if let anchor, anchor.seq == seq, anchor.hash != head.hash {
            verdict.add(.notTheAnchor(seq: seq))
        }
        if let left, left.seq == seq, left.hash != head.hash { verdict.add(.notAsLeft(seq: seq)) }
        look(atSealOf: row, seq, hash)
        verdict.entries += 1
        verdict.head = head
        previous = hash
        lastHash = hash
        last = max(last, seq)
    }

    private mutating func look(atSealOf row: Columns, _ seq: Int64, _ hash: [UInt8]) {
        guard !row.isNull(13) else {
            // Entries of the time before there was a key come first, and nowhere else.
            if !keys.isEmpty, verdict.sealed > 0 { verdict.add(.unsealed(seq: seq)) }
            return
        }
        verdict.sealed += 1
        if !keys.isEmpty, !keys.fits(row.bytes(13), hash) { verdict.add(.wrongSeal(seq: seq)) }
    }

    /// In the same read as the last page, so that what is appended meanwhile does not look like a gap.
    private mutating func end(_ session: Session) throws(RepoError) {
        let given = try session.one(.auditEnd) { $0.integer(0) } ?? 0
        let tally = isOld ? nil : try AuditTally.read(session)
        let known = [given, tally?.seq ?? 0, anchor?.seq ?? 0, left?.seq ?? 0].max() ?? 0
        if known > last { verdict.add(.missing(last + 1...known)) }
        if !keys.isEmpty, verdict.entries > 0, verdict.sealed == 0 { verdict.add(.noSeal) }
        // Where an entry is missing or changed, that says it better.
        guard let tally, verdict.isIntact else { return }
        if tally.entries != verdict.entries {
            verdict.add(.count(stored: tally.entries, found: verdict.entries))
        } else if tally.hash != lastHash {
            verdict.add(.endChanged)
        }
    }
}

extension Statement {
    fileprivate static let checkAudit = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA integrity_check('audit_entries')")
    fileprivate static let checkAll = Statement(
        source: "schema", command: .pragma, sql: "PRAGMA integrity_check")
}
