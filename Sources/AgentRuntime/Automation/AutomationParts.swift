import AgentConfiguration
import Automation
import Logging
import PubSub
import Redaction
import Repo
import ServiceLifecycle
import Telemetry

/// What runs things, put together; there is none of it where the configuration asks for nothing to run.
///
///     store → quota → adapters → runtime
struct AutomationParts: Sendable {
    let runtime: AutomationRuntime
    let repo: Repo
    let processes: ProcessRunner
    let holds: QuotaHolds
    let audit: AuditLog
    let refused: RefusedRequests
    let scheduled: ScheduledRuns
    let head: AuditHead
    /// What runs and the audit log may take, in bytes.
    let sizeLimits: (runs: Int64, audit: Int64)
    private let auditStore: AuditStore
    private let redactor: CurrentRedactor

    /// Opens the store. Events go out at once: what counts them has to be there.
    init(
        _ configuration: AgentConfiguration, bus: TelemetryBus, hub: PubSub,
        redactor: CurrentRedactor, logger: Logger, environment: Environment = .process
    ) throws(StartFailure) {
        do {
            self.redactor = redactor
            if let fault = configuration.automationSettings.userFaults.first {
                throw StartFailure.runtime(fault)
            }
            let limits = try QuotaLimits(configuration.quotas).overridden(by: environment)
            // The guard is forked here: early, while there is little memory to share.
            processes = try ProcessRunner()
            repo = try Repo(settings: configuration.repoSettings, bus: bus)
            auditStore = AuditStore(repo, keys: AuditKeys(configuration.audit))
            let audit = AuditLog(auditStore, redactor: redactor, logger: logger)
            self.audit = audit
            let scheduled = ScheduledRuns(audit, interval: configuration.audit.scheduleInterval)
            self.scheduled = scheduled
            head = AuditHead(
                auditStore, every: configuration.audit.headInterval, logger: logger)
            sizeLimits = (
                Int64(configuration.store.retention.maxBytes), Int64(configuration.audit.maxBytes)
            )
            refused = RefusedRequests(audit)
            let quota = QuotaServer(limits: limits, bus: bus, hub: hub)
            runtime = AutomationRuntime(
                settings: configuration.automationSettings, store: RunStore(repo), quota: quota,
                hub: hub, adapters: [LocalAdapter(processes), SSHAdapter(processes)],
                bus: bus, redactor: redactor, report: { logger.warning("\($0)") },
                scheduled: { scheduled.note($0) })
            holds = QuotaHolds(quota)
        } catch {
            throw .runtime("\(error)")
        }
    }

    /// Ends what an earlier agent left behind.
    func start() async throws(StartFailure) {
        do throws(RepoError) {
            try await runtime.start()
        } catch {
            throw .runtime("\(error)")
        }
    }

    /// Has the schedules begin, without waiting for their first runs.
    func beginSchedules() {
        Task { [runtime] in await runtime.beginSchedules() }
    }

    /// Ends all runs; reading goes on until the store is closed.
    func stop(within patience: Duration) async {
        await runtime.stop(within: patience)
        await processes.stop()
    }

    func auditService(_ configurationHash: String) -> any Service {
        AuditService(
            audit: audit, refused: refused, scheduled: scheduled, head: head,
            findings: repo.findings, configurationHash: configurationHash)
    }

    var endpoints: [Endpoint] {
        RunRoutes(runtime: runtime, audit: audit).endpoints + [
            RunStreamRoute(runtime: runtime, redactor: redactor).endpoint
        ]
            + QuotaRoutes(
                quota: runtime.quota, holds: holds, audit: audit, redactor: redactor
            ).endpoints
            + [
                DeviceRoute.endpoint(runtime),
                ScheduleRoute.endpoint(runtime, redactor: redactor),
            ] + AuditRoutes(store: auditStore).endpoints
    }
}

extension AuditKeys {
    init(_ configuration: AuditConfiguration) {
        self.init(
            current: configuration.key.map { Array($0.revealed().utf8) },
            former: configuration.formerKeys.map { Array($0.revealed().utf8) })
    }
}
