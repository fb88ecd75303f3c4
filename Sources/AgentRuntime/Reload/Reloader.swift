import AgentConfiguration
import Automation
import Logging
import MetricRegistry
import PluginHost
import Telemetry

/// Takes the configuration into use again while the agent runs: whole, or not at all.
///
/// Reloads happen one after the other. Who asks for one is answered when it is over; that it goes away changes nothing.
actor Reloader {
    /// What a reload changes.
    struct Parts: Sendable {
        let bus: TelemetryBus
        let registry: MetricRegistry
        let host: PluginHost
        let plugins: RunningPlugins
        let automation: AutomationParts?
        let health: AgentHealth
        let rules: RunningRules
        let status: ConfigurationStatus
        let logger: Logger
    }

    /// A configuration that came into use.
    struct Report: Sendable, Equatable {
        let hash: String
        /// The keys of what was changed; all else was not touched.
        let changed: [String]
    }

    typealias Outcome = Result<Report, ReloadRejection>

    private let parts: Parts
    private let news: ReloadNews
    private let environment: Environment
    /// What is in use.
    private var configuration: AgentConfiguration
    private var metrics: [MetricDefinition]
    private var specs: [PluginSpec]
    private var last: Task<Outcome, Never>?
    private var isClosed = false

    init(
        _ parts: Parts, running configuration: AgentConfiguration, specs: [PluginSpec],
        environment: Environment = .process
    ) {
        self.parts = parts
        news = ReloadNews(bus: parts.bus, logger: parts.logger, audit: parts.automation?.audit)
        self.environment = environment
        self.configuration = configuration
        self.specs = specs
        metrics = ConfiguredMetrics(configuration.metrics).definitions
    }

    func reload(_ request: ReloadRequest) async -> Outcome {
        let before = last
        let task = Task {
            _ = await before?.value
            return await self.perform(request)
        }
        last = task
        return await task.value
    }

    /// Refuses further reloads, and waits for the one under way.
    func close() async {
        isClosed = true
        _ = await last?.value
    }

    private func perform(_ request: ReloadRequest) async -> Outcome {
        guard !isClosed else {
            return .failure(ReloadRejection(reasons: ["the agent is stopping"], isStopping: true))
        }
        let old = configuration
        do throws(ReloadRejection) {
            let changed = try await use(try await prepare(), request)
            parts.status.loaded(hash: configuration.contentHash)
            let report = Report(hash: configuration.contentHash, changed: changed)
            news.loaded(configuration, replacing: old.contentHash, report, request)
            return .success(report)
        } catch {
            parts.status.rejected()
            news.refused(error, staying: old, request)
            return .failure(error)
        }
    }

    private func prepare() async throws(ReloadRejection) -> PreparedConfiguration {
        let (configuration, environment, host) = (configuration, environment, parts.host)
        let prepared = await blocking { () -> Result<PreparedConfiguration, ReloadRejection> in
            do throws(ReloadRejection) {
                return .success(
                    try PreparedConfiguration(
                        replacing: configuration, host: host, environment: environment))
            } catch {
                return .failure(error)
            }
        }
        return try prepared.get()
    }

    // MARK: Switching

    /// First what may fail, each step taken back when a later one does; then what cannot.
    private func use(
        _ new: PreparedConfiguration, _ request: ReloadRequest
    ) async throws(ReloadRejection) -> [String] {
        let wanted = PluginChanges(from: runningPlugins, to: new.plugins)
        let hasSameDevices = new.configuration.hasSameDevices(as: configuration)
        var plugins = PluginSwitch(host: parts.host, logger: parts.logger)
        do throws(ReloadRejection) {
            try await plugins.apply(wanted)
            if !hasSameDevices { try await keepDevices(of: new.configuration) }
            try useMetrics(new.metrics)
        } catch {
            if !hasSameDevices { try? await keepDevices(of: configuration) }
            await plugins.takeBack()
            news.changed(plugins.changes, request)
            throw ReloadRejection(
                reasons: error.reasons, hash: new.configuration.contentHash)
        }
        var changed = wanted.keys + (new.metrics == metrics ? [] : ["metrics"])
        changed += await useRules(new, request)
        await plugins.remove(wanted.removed)
        parts.plugins.note([])
        news.changed(plugins.changes, request)
        (configuration, metrics) = (new.configuration, new.metrics)
        specs = new.plugins.map(\.spec)
        return changed.sorted()
    }

    /// Those of the configuration that run, without those that were refused.
    private var runningPlugins: [PluginChanges.Instance] {
        let images = Dictionary(
            parts.host.instances.map { ($0.name, $0.description.image) }
        ) { $1 }
        return specs.compactMap { spec in
            images[spec.name].map { PluginChanges.Instance(spec: spec, image: $0) }
        }
    }

    private func keepDevices(of new: AgentConfiguration) async throws(ReloadRejection) {
        let faults = new.automationSettings.userFaults
        guard faults.isEmpty else { throw ReloadRejection(reasons: faults) }
        do {
            try await parts.automation?.runtime.keepDevices(of: new.automationSettings)
        } catch {
            throw ReloadRejection(reasons: ["devices: \(error)"])
        }
    }

    private func useMetrics(_ new: [MetricDefinition]) throws(ReloadRejection) {
        guard new != metrics else { return }
        do throws(DefinitionErrors) {
            try parts.registry.declare(new, owner: MetricConfiguration.owner)
        } catch {
            throw ReloadRejection(reasons: error.errors.map { "metrics: \($0)" })
        }
    }

    /// What is only a matter of setting it; answers the keys of what differs.
    private func useRules(
        _ new: PreparedConfiguration, _ request: ReloadRequest
    ) async -> [String] {
        let (old, limits, new) = (configuration, new.quotaLimits, new.configuration)
        var changed = parts.rules.use(new, replacing: old)
        if old.health != new.health { changed.append("health") }
        if old.health != new.health || old.runs != new.runs { parts.health.use(new) }
        guard let automation = parts.automation else { return changed }
        // What is the same in them goes on; they come from several sections.
        await automation.runtime.use(new.automationSettings)
        changed += new.changedRuns(from: old)
        if let limits, old.quotas != new.quotas {
            let before = automation.runtime.quota.debugState().limits
            automation.runtime.quota.setLimits(limits)
            automation.audit.record(
                .changed(from: before, to: limits, by: request.actor, origin: request.origin))
            changed.append("quotas")
        }
        return changed
    }
}

extension AgentConfiguration {
    /// The keys of what differs in how runs are made.
    fileprivate func changedRuns(from old: AgentConfiguration) -> [String] {
        var changed: [String] = []
        if !hasSameDevices(as: old) { changed.append("devices") }
        if runs != old.runs { changed.append("runs") }
        if schedules.map(\.value) != old.schedules.map(\.value) { changed.append("schedules") }
        return changed
    }

    fileprivate func hasSameDevices(as other: AgentConfiguration) -> Bool {
        devices.map(\.value) == other.devices.map(\.value)
    }
}
