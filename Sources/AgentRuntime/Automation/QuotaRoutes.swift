import AgentConfiguration
import Automation
import HTTPTypes
import HummingbirdCore
import Redaction

/// The quota over HTTP: looking at it, changing its limits, holding a place in it.
struct QuotaRoutes: Sendable {
    let quota: QuotaServer
    let holds: QuotaHolds
    let audit: AuditLog
    let redactor: CurrentRedactor

    private static let bodyLimit = 64 << 10

    var endpoints: [Endpoint] {
        [
            .get("/v1/quota", "Limits, who is in, and who waits.", access: .guarded) { _ in
                .json(quota.debugState().json)
            },
            .put("/v1/quota", "Changes limits, those of sites as a whole.") { exchange in
                await answering { () throws(RequestFault) in
                    try await change(exchange, sites: .whole)
                }
            },
            Endpoint(
                "/v1/quota", [.patch], "Changes limits, those of sites one by one.", access: .token
            ) { exchange in
                await answering { () throws(RequestFault) in
                    try await change(exchange, sites: .each)
                }
            },
            .post("/v1/quota/holds", "Holds a place while the connection lives.", access: .token) {
                exchange in
                await answering { () throws(RequestFault) in try await hold(exchange) }
            },
            Endpoint(
                "/v1/quota/holds/{lease}", [.delete], "Gives a place back.", access: .token
            ) { exchange in
                let name = exchange.parameters["lease"] ?? ""
                guard let lease = holds.release(name) else {
                    return .failure(
                        .notFound, "unknown_lease", "nobody holds the lease \"\(name)\"")
                }
                audit.record(
                    .hold(
                        .holdReleased, "release", lease, by: .named(nil), origin: exchange.origin))
                return Response(status: .noContent)
            },
        ]
    }

    // MARK: Limits

    /// Takes what the body says instead of what holds, in one step.
    private func change(
        _ exchange: HTTPExchange, sites: QuotaLimitsChange.Sites
    ) async throws(RequestFault) -> Response {
        let object = try await RequestObject(
            of: exchange, limit: Self.bodyLimit, accepting: QuotaLimitsChange.keys)
        let change = try QuotaLimitsChange(object, sites: sites)
        for site in change.siteNames { _ = try shown(site) }
        do throws(QuotaLimitsError) {
            let (before, after) = try quota.changeLimits(change.applied)
            audit.record(.changed(from: before, to: after, origin: exchange.origin))
        } catch {
            throw .unacceptable("bad_limits", error.description)
        }
        return .json(quota.debugState().json)
    }

    /// A site's name, which everybody will see.
    private func shown(_ site: String) throws(RequestFault) -> String {
        guard redactor.value.text(site) == site else {
            throw .unacceptable(
                "secret_site", "the name of a site is shown everywhere, and this one has a secret")
        }
        return site
    }

    // MARK: Holds

    private func hold(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let object = try await RequestObject(
            of: exchange, limit: Self.bodyLimit, accepting: ["site", "scope", "owner", "wait"])
        let scope = try object.word("scope", of: QuotaScope.self) ?? .site
        let site = try object.text("site", limit: QuotaLimits.maximumSiteBytes)
        guard site != nil || scope == .global else {
            throw .unacceptable("site_missing", "the key \"site\" says where a place is held")
        }
        let owner = try object.text("owner", limit: QuotaMetadata.maximumOwnerBytes)
        let request = HoldRequest(
            owner: redactor.value.text(owner ?? exchange.peerAddress), scope: scope,
            site: try shown(site ?? ""))
        let wait = try object.duration("wait", in: .zero...(.seconds(86_400))) ?? .zero
        if wait > .zero { return waiting(request, wait, exchange) }
        do throws(QuotaRefusal) {
            let lease = try await request.lease(of: quota, within: .zero)
            return held(lease, exchange)
        } catch {
            return error.response
        }
    }

    private func held(_ lease: Lease, _ exchange: HTTPExchange) -> Response {
        ServerSentEvents.response(to: exchange) { stream in
            await keep(lease, for: stream, exchange.origin)
        }
    }

    private func keep(
        _ lease: Lease, for stream: ServerSentEventStream, _ origin: RequestOrigin
    ) async {
        audit.record(.hold(.holdTaken, "hold", lease, origin: origin))
        guard await stream.send(lease.event) else { return }
        if await holds.keep(lease, for: stream) == .ownerDown {
            audit.record(.hold(.holdLost, "lose", lease, origin: origin))
        }
    }

    /// Where it has to be waited for a place, the answer begins before it is known whether there is one.
    private func waiting(
        _ request: HoldRequest, _ limit: Duration, _ exchange: HTTPExchange
    ) -> Response {
        ServerSentEvents.response(to: exchange) { stream in
            do throws(QuotaRefusal) {
                let lease = try await request.lease(of: quota, within: limit)
                await keep(lease, for: stream, exchange.origin)
            } catch {
                _ = await stream.send(
                    ServerSentEvent(
                        "refused", data: JSONWriter(.compact).write(.object(error.json))))
            }
        }
    }

    private struct HoldRequest: Sendable {
        let owner: String
        let scope: QuotaScope
        let site: String

        func lease(
            of quota: QuotaServer, within limit: Duration
        ) async throws(QuotaRefusal) -> Lease {
            try await quota.lease(owner: owner, scope: scope, site: site, within: limit)
        }
    }
}

extension Lease {
    fileprivate var event: ServerSentEvent {
        ServerSentEvent(
            "held",
            data: JSONWriter(.compact).write([
                "lease": .string(name), "scope": .string(scope.rawValue), "site": .string(site),
                "owner": .string(owner),
            ]))
    }
}
