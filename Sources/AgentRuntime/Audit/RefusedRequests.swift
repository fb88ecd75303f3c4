import HTTPTypes
import HummingbirdCore
import Synchronization
import Telemetry

/// Notes requests that were refused, so that a flood of them is a few entries: the first of a kind at once, and those that
/// come after it within a minute as one. What goes on is told of ever more rarely, down to once an hour; of kinds without
/// number only some are told apart. So nobody fills the log who has no token.
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
        var length = RefusedRequests.length
        var repeats = 0
    }

    /// Kinds that may still be told apart: from however many addresses one knocks, a day has only so many. What finds no
    /// place is one kind.
    private struct Allowance {
        var places = RefusedRequests.maximumKinds
        var since: Int64?

        mutating func take(at now: Int64) -> Bool {
            let start = since ?? now
            let new = max(0, (now &- start) / RefusedRequests.refill)
            since = start &+ new &* RefusedRequests.refill
            places = Int(min(Int64(places) &+ new, Int64(RefusedRequests.maximumKinds)))
            guard places > 0 else { return false }
            places -= 1
            return true
        }
    }

    private struct State {
        var windows: [Kind: Window] = [:]
        var allowance = Allowance()
    }

    static let length: Int64 = 60_000_000_000
    /// Of the windows of a flood that goes on.
    static let longest: Int64 = 60 * length
    /// How many kinds are told apart at once.
    static let maximumKinds = 64
    /// After how long one more may be.
    static let refill: Int64 = 300_000_000_000

    private let audit: AuditLog
    private let clock: TelemetryClock
    private let state = Mutex(State())

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
        return state.withLock { state in
            let isTold = state.windows[kind] != nil || state.allowance.take(at: now)
            let kind = isTold ? kind : .others
            guard state.windows[kind] == nil else {
                state.windows[kind]?.repeats += 1
                return nil
            }
            state.windows[kind] = Window(since: now)
            return kind
        }
    }

    /// Tells of the windows that have ended, or of all; to be called every few seconds.
    func flush(all: Bool = false) {
        let now = clock.monotonic()
        let ended = state.withLock { state in
            let ended = state.windows.filter { all || now &- $0.value.since >= $0.value.length }
            for (kind, window) in ended {
                // Where the flood goes on, its next entry is further away each time.
                let goesOn = !all && window.repeats > 0
                let next = min(window.length &* 2, Self.longest)
                state.windows[kind] = goesOn ? Window(since: now, length: next) : nil
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
        case .foreignPage: "foreign_page"
        case .tokenMissing: "token_missing"
        case .tokenWrong: "token_wrong"
        case .noTokenConfigured: "no_token_configured"
        }
    }
}
