import BenchmarkSupport
import GRDB
import Repo

/// Pages of an audit log of 100 000 entries, by each index. Yardstick: GRDB, on the same file.
func auditBenchmarks() throws {
    let repo = try StoreFixture.watched("audit")
    let store = AuditStore(repo)
    StoreFixture.wait {
        for start in stride(from: 0, to: Entries.count, by: 1000) {
            try await store.append((start..<start + 1000).map(Entries.entry))
        }
    }
    let bare = try DatabasePool(path: repo.settings.path)
    for (name, filter, condition) in Entries.queries {
        Comparison.register("audit - page of 100 of 100 000 by \(name)", items: 100) { count in
            StoreFixture.wait {
                for _ in 0..<count { _ = try await store.records(filter) }
            }
        } yardstick: { count in
            StoreFixture.wait {
                for _ in 0..<count {
                    _ = try await bare.read {
                        try Row.fetchAll(
                            $0.cachedStatement(
                                sql: "SELECT * FROM audit_entries WHERE \(condition) "
                                    + "ORDER BY inserted_at DESC, seq DESC LIMIT 100")
                        ).count
                    }
                }
            }
        }
    }
    Comparison.register("audit - append of a batch of 100", items: 100) { count in
        StoreFixture.wait {
            for number in 0..<count {
                try await store.append((0..<100).map { Entries.entry(number * 100 + $0) })
            }
        }
    } yardstick: { count in
        StoreFixture.wait {
            for _ in 0..<count { try await bare.read { _ = try Row.fetchOne($0, sql: "SELECT 1") } }
        }
    }
    Comparison.register("audit - verification of 100 000", items: 1) { count in
        StoreFixture.wait { for _ in 0..<count { _ = try await store.verify() } }
    } yardstick: { count in
        StoreFixture.wait {
            for _ in 0..<count {
                _ = try await bare.read {
                    try Int.fetchOne($0, sql: "SELECT sum(length(details)) FROM audit_entries")
                }
            }
        }
    }
}

private enum Entries {
    static let count = 100_000

    static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            eventType: "type-\(number % 10)", actor: .init("user-\(number % 50)", .user),
            resourceType: number % 100 == 99 ? "quota" : "run", resourceID: "run-\(number % 1000)",
            action: "start",
            details: #"{"device_id":"edge-\#(number % 100)","command":["df","-h","/"]}"#,
            correlationID: "request-\(number)", clientIP: "127.0.0.1", userAgent: "agent/1",
            insertedAt: Int64(number) * 1_000_000)
    }

    static let queries: [(String, AuditFilter, String)] = [
        ("type", AuditFilter(eventType: "type-3"), "event_type = 'type-3'"),
        ("actor", AuditFilter(actor: "user-7"), "actor_id = 'user-7'"),
        (
            "resource", AuditFilter(resourceType: "run", resourceID: "run-5"),
            "resource_type = 'run' AND resource_id = 'run-5'"
        ),
        ("resource type", AuditFilter(resourceType: "quota"), "resource_type = 'quota'"),
        (
            "correlation id", AuditFilter(correlationID: "request-70000"),
            "correlation_id = 'request-70000'"
        ),
        (
            "time", AuditFilter(since: 40_000_000_000, until: 60_000_000_000),
            "inserted_at BETWEEN 40000000000 AND 60000000000"
        ),
    ]
}
