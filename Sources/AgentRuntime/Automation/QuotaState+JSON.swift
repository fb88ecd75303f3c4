import AgentConfiguration
import Automation
import HTTPTypes
import HummingbirdCore

extension QuotaState {
    /// As it is answered and listed.
    var json: JSONValue {
        [
            "global": ["limit": .integer(Int64(limits.global)), "active": .integer(Int64(active))],
            "sites": .array(sites.map { $0.json(limits) }),
            "other_sites": limits.otherSites.map { .integer(Int64($0)) } ?? .null,
            "unknown_sites": .string(limits.unknownSites.rawValue),
            "waiting": .integer(Int64(waiting)),
            "holders": .array(holders.map(\.json)),
            "totals": [
                "checked_out": .integer(Int64(checkedOut)),
                "checked_in": .integer(Int64(checkedIn)), "rejected": .integer(Int64(rejected)),
            ],
        ]
    }
}

extension QuotaState.Site {
    fileprivate func json(_ limits: QuotaLimits) -> JSONValue {
        [
            "site": .string(name), "limit": limit.map { .integer(Int64($0)) } ?? .null,
            "own_limit": limits.sites[name].map { .integer(Int64($0)) } ?? .null,
            "active": .integer(Int64(active)), "waiting": .integer(Int64(waiting)),
        ]
    }
}

extension QuotaState.Holder {
    fileprivate var json: JSONValue {
        [
            "scope": .string(scope.rawValue), "site": .string(site),
            "run_id": .text(runID.isEmpty ? nil : runID), "owner": .string(owner),
            "lease": .text(lease), "since_at": .moment(sinceAt),
        ]
    }
}

extension QuotaRefusal {
    var json: JSONObject {
        [
            "code": .string(reason), "message": .string(description),
            "scope": .string(scope.rawValue), "site": .string(site),
            "limit": .integer(Int64(limit)), "active": .integer(Int64(active)),
        ]
    }

    var response: Response {
        let isFull = reason.hasPrefix("quota_exceeded")
        var response = Response.json(
            .object(json), status: isFull ? .tooManyRequests : .unprocessableContent)
        if isFull { response.headers[.retryAfter] = "1" }
        return response
    }
}
