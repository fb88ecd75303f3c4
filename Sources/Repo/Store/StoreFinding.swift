/// Something that was not as an agent leaves its store.
package struct StoreFinding: Sendable, Equatable {
    /// One sentence.
    package let sentence: String
    /// Whether entries of the audit log are gone or others.
    package let isOfAudit: Bool

    /// The last agent did not stop in order, and what it wrote last is not there.
    static func logIsGone(_ path: String) -> StoreFinding {
        StoreFinding(
            sentence:
                "the last agent did not stop in order, and \(path)-wal is gone: unless sqlite3 has opened "
                + "the store since, which carries it over, what that agent stored last is lost",
            isOfAudit: false)
    }

    /// Nil where the log has the entry that was left as the last.
    static func end(_ end: AuditEnd, _ left: AuditVerdict.Anchor, _ session: Session)
        throws(RepoError) -> StoreFinding?
    {
        let last = end.last?.seq ?? 0
        guard last >= left.seq else {
            return StoreFinding(
                sentence:
                    "the audit log ends with entry \(last), and the last agent stored entries up to "
                    + "\(left.text): what came after is gone",
                isOfAudit: true)
        }
        let hash = try session.one(.auditHash, [.integer(left.seq)]) {
            AuditVerdict.Anchor(seq: left.seq, hash: $0.bytes(0))
        }
        guard hash != left else { return nil }
        return StoreFinding(
            sentence:
                "the audit log was rewritten while no agent ran: entry \(left.seq) was left as "
                + "\(left.hash) and is \(hash?.hash ?? "gone")",
            isOfAudit: true)
    }
}
