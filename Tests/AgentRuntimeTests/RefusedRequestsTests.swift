import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import Redaction
import Repo
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

struct RefusedRequestsTests {
    private let directory: TemporaryDirectory
    private let store: AuditStore
    private let audit: AuditLog
    private let refused: RefusedRequests
    private let now = Clock()

    private final class Clock: Sendable {
        let time = Atomic<Int64>(0)
        func advance(minutes: Int64 = 1) {
            time.add(minutes * RefusedRequests.length, ordering: .relaxed)
        }
    }

    init() throws {
        directory = try TemporaryDirectory()
        store = AuditStore(
            try Repo(settings: .init(path: directory.path("agent.db")), bus: TelemetryBus()))
        audit = AuditLog(
            store, redactor: CurrentRedactor(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let now = now
        refused = RefusedRequests(
            audit,
            clock: TelemetryClock(
                monotonic: { now.time.load(ordering: .relaxed) }, system: { 1_000_000 }))
    }

    private func knock(_ address: String = "127.0.0.1", times: Int = 1) async throws {
        let router = HTTPRouter(
            requestGuard: RequestGuard(
                token: Secret("right"), listenHost: "127.0.0.1", allowedHosts: []),
            endpoints: {
                [.post("/v1/things/{id}", "Acts.", access: .token) { _ in .text("acted") }]
            },
            onRefusal: { refused.note($0, $1, $2) })
        for number in 0..<times {
            var head = HTTPRequest(
                method: .post, scheme: "http", authority: "localhost", path: "/v1/things/\(number)")
            head.headerFields[.authorization] = "Bearer wrong"
            head.headerFields[.userAgent] = "curl/8"
            let exchange = HTTPExchange(
                Request(head: head, body: RequestBody(buffer: ByteBuffer())),
                peer: try SocketAddress(ipAddress: address, port: 1),
                local: try SocketAddress(ipAddress: "127.0.0.1", port: 2))
            let response = await router.respond(to: exchange)
            #expect(response.status == .unauthorized)
        }
    }

    private func details() async throws -> [String] {
        await audit.flush()
        return try await store.records(limit: 1000).reversed().map(\.entry.details)
    }

    @Test func `the first is told at once, with where it came from`() async throws {
        try await knock()
        await audit.flush()
        let entry = try #require(try await store.records().first).entry
        #expect(entry.eventType == "auth.refused" && entry.actor == .init("api", .api))
        #expect(entry.resourceType == "endpoint" && entry.resourceID == "POST /v1/things/{id}")
        #expect(entry.clientIP == "127.0.0.1" && entry.userAgent == "curl/8")
        #expect(entry.details == #"{"reason":"token_wrong","count":1}"#)
    }

    @Test func `a flood is one entry more after a minute, and then ever more rarely`() async throws
    {
        try await knock(times: 1000)
        refused.flush()
        #expect(try await details().count == 1)
        now.advance()
        refused.flush()
        try await knock(times: 50)
        #expect(try await details().count == 2)
        now.advance()
        refused.flush()
        #expect(try await details().count == 2)
        now.advance()
        refused.flush()
        now.advance(minutes: 4)
        refused.flush()
        let counts = ["1", "999", "50"].map { #"{"reason":"token_wrong","count":\#($0)}"# }
        #expect(try await details() == counts)
        try await knock()
        #expect(try await details().count == 4)
    }

    @Test func `clients without number are told apart up to a limit`() async throws {
        for number in 0..<1000 { try await knock("10.0.\(number / 250).\(number % 250 + 1)") }
        refused.flush(all: true)
        let all = try await details()
        #expect(all.count == RefusedRequests.maximumKinds + 2)
        let counts = all.filter { $0.contains("many_clients") }
        #expect(counts.count == 2 && counts.last?.contains(#""count":935"#) == true)
    }

    @Test func `whoever knocks for a day, from wherever, adds what a person can read`() async throws
    {
        var entries = 0
        for minute in 0..<1440 {
            for client in 0..<40 {
                let address = "10.\(minute / 250).\(minute % 250).\(client)"
                for path in ["POST /v1/runs", "GET /v1/runs"] {
                    let kind = RefusedRequests.Kind(
                        clientIP: address, endpoint: path, reason: "token_wrong")
                    if refused.count(kind) != nil { entries += 1 }
                }
            }
            refused.flush()
            now.advance()
        }
        await audit.flush()
        entries += try await store.records(limit: 10_000).count
        #expect(entries < 500, "\(entries)")
        #expect(entries > 200, "the kinds that come later are told apart as well, some of them")
    }
}
