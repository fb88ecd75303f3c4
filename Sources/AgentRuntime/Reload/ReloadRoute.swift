import AgentConfiguration
import HTTPTypes
import HummingbirdCore

/// `POST /v1/reload`: answers when the configuration is in use, or with everything that keeps it from that.
struct ReloadRoute: Sendable {
    let reloader: Reloader

    var endpoint: Endpoint {
        .post("/v1/reload", "Takes the changed configuration into use.", access: .token) { _ in
            switch await reloader.reload() {
            case .success(let report):
                .json([
                    "hash": .string(report.hash),
                    "changed": .array(report.changed.map { .string($0) }),
                ])
            case .failure(let rejection):
                .failure(
                    rejection.isStopping ? .serviceUnavailable : .unprocessableContent,
                    rejection.isStopping ? "stopping" : "bad_configuration",
                    rejection.reasons.joined(separator: "\n"),
                    ["errors": .array(rejection.reasons.map { .string($0) })])
            }
        }
    }
}
