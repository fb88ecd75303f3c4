import AgentConfiguration
import EventIntake
import HTTPTypes
import HummingbirdCore
import NIOCore
import Telemetry

/// Events over HTTP: JSON as the agent speaks it, line protocol as InfluxDB's clients do.
struct EventRoutes: Sendable {
    let intake: EventIntake
    let bodyLimit: Int

    var endpoints: [Endpoint] {
        [
            .post("/v1/events", "Takes events as JSON: one, an array, or one per line.") {
                exchange in
                await take(exchange, .json, whenGood: { .json(.object(Self.counts($0))) })
            },
            .post("/api/v2/write", "Takes events in line protocol, as InfluxDB 2 does.") {
                exchange in
                guard let precision = Self.precision(exchange.parameter("precision")) else {
                    return .failure(
                        .badRequest, "invalid",
                        "the precision is one of \"ns\", \"us\", \"ms\" and \"s\"")
                }
                return await take(
                    exchange, .lineProtocol(precisionMultiplier: precision),
                    whenGood: { _ in Response(status: .noContent) })
            },
        ]
    }

    private func take(
        _ exchange: HTTPExchange, _ encoding: EventIntake.Encoding,
        whenGood: (DecodeSummary) -> Response
    ) async -> Response {
        switch await RequestBodyReader(limit: bodyLimit).read(exchange.request) {
        case .failure(let refusal): return refusal.response
        case .success(let body):
            // What belongs to a trace, and says so of no event by itself, is tied together by the trace's id.
            let trace = exchange.traceID ?? Correlation.current
            let summary = Correlation.$current.withValue(trace) {
                body.withUnsafeReadableBytes { intake.decode(body: $0, encoding: encoding) }
            }
            // That nobody listens to an event is no fault of who sends it.
            guard summary.rejected > summary[.unhandled] else { return whenGood(summary) }
            return Self.refusal(summary)
        }
    }

    private static func refusal(_ summary: DecodeSummary) -> Response {
        let faults = summary.faults.filter { $0.reason != .unhandled }
        var more = counts(summary)
        if let first = faults.first {
            more["line"] = .integer(Int64(first.line))
            more["column"] = .integer(Int64(first.column))
        }
        more["faults"] = .array(
            faults.map { fault in
                [
                    "line": .integer(Int64(fault.line)), "column": .integer(Int64(fault.column)),
                    "reason": .string("\(fault.reason)"), "expected": .string(fault.expected),
                ]
            })
        return .failure(
            .badRequest, "invalid", faults.first?.description ?? "some events were rejected", more)
    }

    private static func counts(_ summary: DecodeSummary) -> JSONObject {
        var reasons = JSONObject()
        for (reason, count) in summary.rejectedByReason.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            reasons["\(reason)"] = .integer(Int64(count))
        }
        return [
            "received": .integer(Int64(summary.received)),
            "applied": .integer(Int64(summary.applied)),
            "rejected": .integer(Int64(summary.rejected)),
            "reasons": .object(reasons),
        ]
    }

    /// Nanoseconds in one unit of a timestamp.
    private static func precision(_ word: Substring?) -> Int64? {
        switch word {
        case nil, "", "ns", "n": 1
        case "us", "u": 1000
        case "ms": 1_000_000
        case "s": 1_000_000_000
        default: nil
        }
    }
}
