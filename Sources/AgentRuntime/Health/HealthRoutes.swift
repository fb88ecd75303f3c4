import AgentConfiguration
import HTTPTypes
import HummingbirdCore

/// How the agent fares, for those who keep it running.
struct HealthRoutes: Sendable {
    let registry: HealthRegistry

    var endpoints: [Endpoint] {
        [
            .get("/health", "200 while the agent lives.", access: .open) { _ in
                .json(["status": "ok", "version": .string(AgentVersion.text)])
            },
            .get(
                "/health/ready", "200 while the agent takes part in the work, else 503.",
                access: .open
            ) { _ in
                let reasons = registry.report.reasons
                guard !reasons.isEmpty else { return .json(["status": "ready"]) }
                return .json(
                    [
                        "status": "not ready",
                        "reasons": .array(reasons.map { .string($0) }),
                    ], status: .serviceUnavailable)
            },
            .get("/health/detailed", "Every component and how it fares.") { _ in
                .json(registry.report.json)
            },
        ]
    }
}
