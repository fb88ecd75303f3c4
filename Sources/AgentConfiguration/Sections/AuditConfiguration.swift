/// `audit`: how what was done is kept.
package struct AuditConfiguration: Hashable, Sendable {
    /// What entries are sealed with; not in the store, so that who has the store alone cannot write entries.
    package let key: Secret?

    /// Keys of an earlier day, for what they sealed.
    package let formerKeys: [Secret]

    /// What the log is expected to take; past it nothing is removed, and health says so.
    package let maxBytes: Int

    /// From one telling of the log's head to the next.
    package let headInterval: Duration

    /// How long the runs of one schedule are counted for one entry; 0 for an entry for each.
    package let scheduleInterval: Duration
}

extension AuditConfiguration {
    static let shape = Shape<AuditConfiguration>.object(
        Field<Secret?>(
            "key", .auditKey,
            "Seals each entry: who may write the store's file and has no key cannot write entries."),
        Field<[Secret]>(
            "former_keys", .array(of: .auditKey, count: 0...16, "an array of keys"), default: [],
            "Keys that earlier entries were sealed with."),
        Field<Int>(
            "max_bytes", .size(in: (1 << 20)...(1 << 50)), default: "1GiB",
            "What the log is expected to take: past it nothing is removed, and health says so."),
        Field<Duration>(
            "head_interval", .duration(in: .seconds(1)...(.seconds(86_400))), default: "1h",
            "How often the log's head is written to the agent's log and to a metric."),
        Field<Duration>(
            "schedule_interval", .duration(in: .zero...(.seconds(7 * 86_400))), default: "1h",
            "How long further runs of a schedule are counted for one entry; \"0s\" has an entry for each."
        ),
        build: AuditConfiguration.init)
}

extension Shape<Secret> {
    fileprivate static let auditKey = secret.checked { value, node, decoding in
        guard value.revealed().utf8.count < 16 else { return }
        decoding.report(
            .unacceptable(found: "a shorter one", expected: "a key of at least 16 bytes"),
            at: node.position)
    }
    .adding(toSchema: ["minLength": 16])
}
