import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import Repo
import Telemetry

/// The audit log over HTTP, for those who have the token.
struct AuditRoutes: Sendable {
    let store: AuditStore

    var endpoints: [Endpoint] {
        [
            .get("/v1/audit", "What was done, the newest first.", access: .token) { exchange in
                await answering { () throws(RequestFault) in try await list(exchange) }
            },
            .get("/v1/audit/verify", "Whether the audit log is as it was.", access: .token) {
                exchange in
                await answering { () throws(RequestFault) in try await verify(exchange) }
            },
        ]
    }

    private func list(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let query = try RequestQuery(
            exchange.query,
            accepting: [
                "type", "actor", "resource", "correlation_id", "since", "until", "before", "limit",
            ])
        let now = TelemetryClock.machine.system()
        let resource = query.text("resource")?.split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let filter = AuditFilter(
            eventType: query.text("type"), actor: query.text("actor"),
            resourceType: resource.map { String($0[0]) },
            resourceID: resource.flatMap { $0.count > 1 ? String($0[1]) : nil },
            correlationID: query.text("correlation_id"), since: try query.moment("since", now: now),
            until: try query.moment("until", now: now))
        let before = try query.integer("before", in: 1...Int.max).map(Int64.init)
        let limit = try query.integer("limit", in: 1...1000) ?? 100
        let records = try await reading { () throws(RepoError) in
            try await store.records(filter, before: before, limit: limit + 1)
        }
        let page = records.prefix(limit)
        return .json([
            "entries": .array(page.map(\.json)),
            "next": records.count > limit ? page.last.map { .integer($0.seq) } ?? .null : .null,
        ])
    }

    private func verify(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let query = try RequestQuery(exchange.query, accepting: ["head"])
        let anchor = try query.text("head").map { text throws(RequestFault) in
            guard let anchor = AuditVerdict.Anchor(text) else {
                throw RequestFault.malformed(
                    "the parameter \"head\" is an entry's number, a colon and its hash")
            }
            return anchor
        }
        let verdict = try await reading { () throws(RepoError) in
            try await store.verify(against: anchor)
        }
        return .json(verdict.json)
    }
}

extension AuditRecord {
    /// As it is answered and listed; what is not known is null.
    var json: JSONValue {
        [
            "seq": .integer(seq), "event_type": .string(entry.eventType),
            "actor_id": .string(entry.actor.id), "actor_type": .string(entry.actor.kind.rawValue),
            "resource_type": .string(entry.resourceType), "resource_id": .text(entry.resourceID),
            "action": .string(entry.action), "details": details,
            "correlation_id": .text(entry.correlationID), "client_ip": .text(entry.clientIP),
            "user_agent": .text(entry.userAgent), "inserted_at": .moment(entry.insertedAt),
            "hash": .string(hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()),
        ]
    }

    /// A text where somebody made it no JSON.
    private var details: JSONValue {
        (try? JSONReader.read(Array(entry.details.utf8)))?.value ?? .string(entry.details)
    }
}

extension AuditVerdict {
    var json: JSONValue {
        [
            "intact": .bool(isIntact), "entries": .integer(entries), "head": .text(head?.text),
            "faults": .array(faults.map { .string("\($0)") }),
            "fault_count": .integer(Int64(faultCount)),
        ]
    }
}
