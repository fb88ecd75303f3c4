import AgentConfiguration
import HTTPTypes
import HummingbirdCore

/// `POST /v1/reload`: answers when the configuration is in use, or with everything that keeps it from that.
struct ReloadRoute: Sendable {
    let reloader: Reloader

    private static let bodyLimit = 64 << 10

    var endpoint: Endpoint {
        .post("/v1/reload", "Takes the changed configuration into use.", access: .token) {
            exchange in
            await answering { () throws(RequestFault) in try await reload(exchange) }
        }
    }

    private func reload(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let object = try await RequestObject(
            of: exchange, limit: Self.bodyLimit, accepting: ["requested_by"])
        let name = try object.text("requested_by", limit: 128)
        switch await reloader.reload(.http(name, from: exchange.origin)) {
        case .success(let report):
            return .json([
                "hash": .string(report.hash),
                "changed": .array(report.changed.map { .string($0) }),
            ])
        case .failure(let rejection):
            return .failure(
                rejection.isStopping ? .serviceUnavailable : .unprocessableContent,
                rejection.isStopping ? "stopping" : "bad_configuration",
                rejection.reasons.joined(separator: "\n"),
                ["errors": .array(rejection.reasons.map { .string($0) })])
        }
    }
}
