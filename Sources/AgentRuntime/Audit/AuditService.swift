import Repo
import ServiceLifecycle
import Telemetry

/// Notes the agent's start and stop, and has everything stored before the store is closed.
struct AuditService: Service {
    let audit: AuditLog
    let refused: RefusedRequests
    let scheduled: ScheduledRuns
    let head: AuditHead
    let findings: [StoreFinding]
    let configurationHash: String

    private static let tick = Duration.seconds(5)
    private static let patience = Duration.seconds(5)

    func run() async throws {
        audit.begin(findings)
        audit.record(
            AuditNote(
                .agentStarted, "start", "agent",
                details: [
                    "version": .string(AgentVersion.text),
                    "config_hash": .string(configurationHash),
                ]))
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: Self.tick)
                refused.flush()
                scheduled.flush()
                head.tell()
            }
        }
        refused.flush(all: true)
        scheduled.flush(all: true)
        audit.record(AuditNote(.agentStopped, "stop", "agent"))
        await audit.stop(within: Self.patience)
        head.tell(isLast: true)
    }
}
