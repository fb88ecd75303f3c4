import AgentConfiguration
import Automation
import Logging
import Repo
import ServiceLifecycle
import Telemetry

/// Keeps the automation runtime in order, and has its runs end when the agent stops.
struct AutomationService: Service {
    let parts: AutomationParts
    let retention: RetentionConfiguration
    let drain: Duration
    let watch: StoreWatch
    let logger: Logger

    private static let tick = Duration.seconds(5)
    /// Ticks from one removal of old runs to the next.
    private static let retentionTicks = 12

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            for tick in 0... {
                if tick % Self.retentionTicks == 0 { await prune() }
                await parts.runtime.tick()
                parts.repo.reportPool()
                await watch.refresh()
                try await Task.sleep(for: Self.tick)
            }
        }
        let active = await parts.runtime.activeRuns().count
        if active > 0 {
            logger.info("stopping: waiting for runs", metadata: ["active": "\(active)"])
        }
        await parts.stop(within: drain)
    }

    private func prune() async {
        let oldest = TelemetryClock.machine.system() &- retention.maxAge.nanoseconds
        do throws(RepoError) {
            let report = try await parts.runtime.store.prune(
                before: oldest, maxBytes: Int64(retention.maxBytes))
            guard report.runs > 0 else { return }
            logger.info("old runs were removed", metadata: ["runs": "\(report.runs)"])
        } catch {
            logger.error("old runs could not be removed: \(error)")
        }
    }
}

/// Closes the store once nobody asks for anything any more.
struct StoreService: Service {
    let repo: Repo
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        await blocking {
            do throws(RepoError) {
                try repo.close()
            } catch {
                logger.error("the store could not be closed in order: \(error)")
            }
        }
    }
}
