import HTTPTypes
import HummingbirdCore
import Synchronization
import Telemetry

/// Notes requests that were refused, so that a flood of them is a few entries: the first of a kind at once, and those that
/// come after it within a minute as one.
final class RefusedRequests: Sendable {
    /// What is counted together.
    struct Kind: Hashable, Sendable {
        var clientIP: String
        /// Method and path, as the path is declared.
        var endpoint: String
        var reason: String

        /// Of clients beyond those that are told apart.
        static let others = Kind(clientIP: "", endpoint: "", reason: "many_clients")
    }

    private struct Window {
        let since: Int64
        var repeats = 0
    }

    static let length: Int64 = 60_000_000_000
    static let maximumKinds = 256

    private let audit: AuditLog
    private let clock: TelemetryClock
    private let windows = Mutex<[Kind: Window]>([:])

    init(_ audit: AuditLog, clock: TelemetryClock = .machine) {
        self.audit = audit
        self.clock = clock
    }

    func note(_ exchange: HTTPExchange, _ endpoint: Endpoint, _ refusal: RequestGuard.Refusal) {
        let kind = Kind(
            clientIP: exchange.peerAddress,
            endpoint: "\(exchange.request.method.rawValue) \(endpoint.path)", reason: refusal.code)
        guard let first = count(kind) else { return }
        write(first, 1, exchange.origin)
    }

    /// Counts it. Answers what is to be told at once.
    func count(_ kind: Kind) -> Kind? {
        let now = clock.monotonic()
        return windows.withLock { windows in
            let isNew = windows[kind] == nil
            let kind = isNew && windows.count >= Self.maximumKinds ? .others : kind
            guard windows[kind] == nil else {
                windows[kind]?.repeats += 1
                return nil
            }
            windows[kind] = Window(since: now)
            return kind
        }
    }

    /// Tells of the windows that have ended, or of all; to be called every few seconds.
    func flush(all: Bool = false) {
        let now = clock.monotonic()
        let ended = windows.withLock { windows in
            let ended = windows.filter { all || now &- $0.value.since >= Self.length }
            for kind in ended.keys {
                // Where the flood goes on, its next entry is a window away too.
                let goesOn = !all && (ended[kind]?.repeats ?? 0) > 0
                windows[kind] = goesOn ? Window(since: now) : nil
            }
            return ended
        }
        for (kind, window) in ended where window.repeats > 0 {
            write(
                kind, window.repeats,
                kind.clientIP.isEmpty
                    ? nil : RequestOrigin(clientIP: kind.clientIP, userAgent: nil))
        }
    }

    private func write(_ kind: Kind, _ count: Int, _ origin: RequestOrigin?) {
        audit.record(
            AuditNote(
                .requestRefused, "refuse", "endpoint", kind.endpoint.isEmpty ? nil : kind.endpoint,
                by: .named(nil),
                details: ["reason": .string(kind.reason), "count": .integer(Int64(count))],
                origin: origin))
    }
}

extension RequestGuard.Refusal {
    /// For programs.
    var code: String {
        switch self {
        case .foreignHost: "foreign_host"
        case .foreignOrigin: "foreign_origin"
        case .tokenMissing: "token_missing"
        case .tokenWrong: "token_wrong"
        case .noTokenConfigured: "no_token_configured"
        }
    }
}
