import Automation
import EventIntake
import MetricRegistry
import PluginHost
import Synchronization
import Telemetry

/// Brings the agent's own instruments up to date, each time a snapshot is taken.
final class SelfMetrics: Sendable {
    /// What never changes while the agent runs.
    struct Constants: Sendable {
        var interfaceVersion: String
        /// Milliseconds since 1970.
        var startTime = ProcessFigures.startTime()
    }

    private struct Key: Hashable {
        let metric: String
        let labels: [String]
    }

    /// The series there are, each with the collection that last set it.
    private struct Handles {
        var known: [Key: (series: SeriesHandle, round: UInt64)] = [:]
        var round: UInt64 = 0
    }

    private let registry: MetricRegistry
    private let constants: Constants
    private let configuration: ConfigurationStatus
    private let accounting: IntakeAccounting
    private let plugins: @Sendable () -> [PluginVitals]
    private let components: @Sendable () -> [ComponentHealth]
    private let pipeline: @Sendable () -> PipelineStatistics
    private let store: @Sendable () -> StoreWatch.Figures?
    private let automation = Mutex<AutomationRuntime?>(nil)
    private let handles = Mutex(Handles())
    /// Totals have to be told in the order in which they were read.
    private let turn = Mutex(())

    init(
        registry: MetricRegistry, accounting: IntakeAccounting, constants: Constants,
        configuration: ConfigurationStatus,
        pipeline: @escaping @Sendable () -> PipelineStatistics,
        store: @escaping @Sendable () -> StoreWatch.Figures? = { nil },
        plugins: @escaping @Sendable () -> [PluginVitals],
        components: @escaping @Sendable () -> [ComponentHealth]
    ) {
        self.components = components
        self.pipeline = pipeline
        self.store = store
        self.registry = registry
        self.accounting = accounting
        self.plugins = plugins
        self.constants = constants
        self.configuration = configuration
    }

    /// Whose schedules are told of.
    func use(_ runtime: AutomationRuntime?) { automation.withLock { $0 = runtime } }

    /// Reads everything anew, and drops the series of what is there no more. Safe from any thread; one after the other.
    func collect() { turn.withLock { _ in collectAll() } }

    private func collectAll() {
        let round = handles.withLock { handles in
            handles.round += 1
            return handles.round
        }
        collectConstants()
        collectConfiguration()
        collectIntake()
        collectPipeline()
        collectRegistry()
        collectProcess()
        collectStore()
        collectSchedules(automation.withLock { $0 }?.scheduleStates ?? [])
        collectPlugins()
        collectComponents()
        forget(before: round)
    }

    private func forget(before round: UInt64) {
        let gone = handles.withLock { handles in
            let gone = handles.known.filter { $0.value.round < round }
            for key in gone.keys { handles.known[key] = nil }
            return gone
        }
        for old in gone.values { old.series.retire() }
    }

    private func collectConstants() {
        set(
            SelfMetric.buildInfo,
            [AgentVersion.text, constants.interfaceVersion, AgentVersion.swift], 1)
        set(SelfMetric.startTime, [], constants.startTime)
    }

    private func collectConfiguration() {
        let now = configuration.value
        set(SelfMetric.configHash, [now.hash], 1)
        set(SelfMetric.lastReloadSuccess, [], now.isLastReloadGood ? 1 : 0)
        set(SelfMetric.lastReload, [], now.loadedAt)
    }

    private func collectPipeline() {
        let statistics = pipeline()
        for counts in statistics.samplings {
            let events = "\(counts.rule.events)"
            reach(SelfMetric.pipelineEvents, ["sampling", events, "passed"], counts.passed)
            reach(SelfMetric.pipelineEvents, ["sampling", events, "dropped"], counts.dropped)
            handle(SelfMetric.samplingRatio, [events])?
                .record(.real(1 / Double(counts.rule.keepOneIn)))
        }
        for counts in statistics.rateLimits {
            let events = "\(counts.rule.events)"
            reach(SelfMetric.pipelineEvents, ["rate_limit", events, "passed"], counts.passed)
            reach(SelfMetric.pipelineEvents, ["rate_limit", events, "dropped"], counts.dropped)
        }
        guard statistics.measuredEvents > 0 else { return }
        reach(SelfMetric.redactedEvents, [], statistics.redacted)
        reach(SelfMetric.timedEvents, [], statistics.measuredEvents)
        reach(SelfMetric.timedSeconds, [], statistics.measuredNanoseconds)
    }

    private func collectIntake() {
        for (source, counts) in accounting.snapshot() {
            reach(SelfMetric.events, [source.rawValue], counts.received)
            for (reason, count) in counts.rejected {
                reach(SelfMetric.eventsRejected, [source.rawValue, "\(reason)"], count)
            }
            for (reason, count) in counts.dropped {
                reach(SelfMetric.eventsDropped, [source.rawValue, reason.rawValue], count)
            }
        }
    }

    private func collectRegistry() {
        for metric in registry.statistics {
            let name = metric.name.description
            set(SelfMetric.series, [name], Int64(metric.series))
            if metric.overflowed > 0 {
                reach(SelfMetric.seriesOverflow, [name], Int(clamping: metric.overflowed))
            }
            for (reason, count) in metric.skipped where count > 0 {
                reach(SelfMetric.updatesSkipped, [name, reason.rawValue], Int(clamping: count))
            }
        }
    }

    private func collectStore() {
        guard let figures = store() else { return }
        for (part, bytes) in figures.bytes { set(SelfMetric.storeBytes, [part], bytes) }
        for (part, bytes) in figures.limits { set(SelfMetric.storeLimits, [part], bytes) }
        set(SelfMetric.auditEntries, [], figures.entries)
        if let head = figures.head { set(SelfMetric.auditHead, [head], 1) }
        set(SelfMetric.auditWaiting, [], Int64(figures.audit.waiting))
        reach(SelfMetric.auditLost, [], figures.audit.lost)
        set(SelfMetric.auditAlterations, [], Int64(figures.audit.alterations))
    }

    private func collectPlugins() {
        for plugin in plugins() {
            set(SelfMetric.pluginUp, [plugin.name], plugin.isUp ? 1 : 0)
            guard let counters = plugin.counters else { continue }
            for loss in PluginLoss.allCases {
                reach(loss.metric, [plugin.name], Int(clamping: loss.count(in: counters)))
            }
        }
        set(SelfMetric.pluginImages, [], Int64(PluginHost.imageCount))
    }

    private func collectComponents() {
        for component in components() {
            for status in HealthStatus.allCases {
                set(
                    SelfMetric.componentHealth, [component.reading.name, status.rawValue],
                    component.status == status ? 1 : 0)
            }
        }
    }

    private func collectProcess() {
        let figures = ProcessFigures.read()
        reach(SelfMetric.cpuSeconds, [], Int(figures.cpuTime))
        set(SelfMetric.residentMemory, [], figures.residentBytes)
        set(SelfMetric.virtualMemory, [], figures.virtualBytes)
        set(SelfMetric.openFiles, [], figures.openFiles)
        set(SelfMetric.maximumFiles, [], figures.maximumFiles)
        set(SelfMetric.threads, [], figures.threads)
    }

    func set(_ metric: String, _ labels: [String], _ value: Int64) {
        handle(metric, labels)?.record(.integer(value))
    }

    func reach(_ metric: String, _ labels: [String], _ total: Int) {
        handle(metric, labels)?.reach(Int64(total))
    }

    private func handle(_ metric: String, _ labels: [String]) -> SeriesHandle? {
        let key = Key(metric: metric, labels: labels)
        return handles.withLock { handles in
            if let known = handles.known[key] {
                handles.known[key]?.round = handles.round
                return known.series
            }
            guard let name = try? MetricName(metric), let new = registry.series(name, labels) else {
                return nil
            }
            handles.known[key] = (new, handles.round)
            return new
        }
    }
}
