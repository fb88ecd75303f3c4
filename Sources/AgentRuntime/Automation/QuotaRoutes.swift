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
            .put("/v1/quota", "Changes limits.") { exchange in
                await answering { () throws(RequestFault) in try await change(exchange) }
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

    /// Takes what the body says instead of what holds; what it leaves out stays.
    private func change(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let object = try await RequestObject(
            of: exchange, limit: Self.bodyLimit,
            accepting: ["global", "sites", "other_sites", "unknown_sites"])
        let now = quota.debugState().limits
        let range = 0...QuotaLimits.maximumLimit
        let global = try object.integer("global", in: range) ?? now.global
        let sites = try sites(object, range) ?? now.sites
        let unknown =
            try object.word("unknown_sites", of: QuotaConfiguration.UnknownSites.self)
            .map { $0 == .refused ? QuotaLimits.UnknownSites.refused : .allowed }
        let others = try object.integer("other_sites", in: range) ?? now.otherSites
        do throws(QuotaLimitsError) {
            let limits = try QuotaLimits(
                global: global, sites: sites, otherSites: others,
                unknownSites: unknown ?? now.unknownSites)
            quota.setLimits(limits)
            audit.record(.changed(from: now, to: limits, origin: exchange.origin))
        } catch {
            throw .unacceptable("bad_limits", error.description)
        }
        return .json(quota.debugState().json)
    }

    private func sites(
        _ object: RequestObject, _ range: ClosedRange<Int>
    ) throws(RequestFault) -> [String: Int]? {
        guard let node = object["sites"] else { return nil }
        let expected = "an object of integers from \(range.lowerBound) to \(range.upperBound)"
        guard case .object(let members) = node.content else {
            throw object.wrong("sites", expected)
        }
        var sites: [String: Int] = [:]
        for member in members {
            guard case .integer(let written) = member.value.content,
                let limit = Int(exactly: written), range.contains(limit)
            else { throw object.wrong("sites", expected) }
            sites[try shown(member.key)] = limit
        }
        return sites
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
