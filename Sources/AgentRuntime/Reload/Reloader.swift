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
        self.environment = environment
        self.configuration = configuration
        self.specs = specs
        metrics = ConfiguredMetrics(configuration.metrics).definitions
    }

    func reload() async -> Outcome {
        let before = last
        let task = Task {
            _ = await before?.value
            return await self.perform()
        }
        last = task
        return await task.value
    }

    /// Refuses further reloads, and waits for the one under way.
    func close() async {
        isClosed = true
        _ = await last?.value
    }

    private func perform() async -> Outcome {
        guard !isClosed else {
            return .failure(ReloadRejection(reasons: ["the agent is stopping"], isStopping: true))
        }
        do throws(ReloadRejection) {
            let changed = try await use(try await prepare())
            parts.status.loaded(hash: configuration.contentHash)
            tellLoaded(changed)
            return .success(Report(hash: configuration.contentHash, changed: changed))
        } catch {
            parts.status.rejected()
            tellRejected(error)
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
    private func use(_ new: PreparedConfiguration) async throws(ReloadRejection) -> [String] {
        let names = Set(parts.host.instances.map(\.name))
        let changes = PluginChanges(
            from: specs.filter { names.contains($0.name) }, to: new.plugins)
        var plugins = PluginSwitch(host: parts.host, logger: parts.logger)
        var changed = changes.keys
        do throws(ReloadRejection) {
            try await plugins.apply(changes)
            if try await useAutomation(new.configuration) { changed.append("devices") }
            if try useMetrics(new.metrics) { changed.append("metrics") }
        } catch {
            if !new.configuration.runsAlike(configuration) {
                try? await parts.automation?.runtime.apply(configuration.automationSettings)
            }
            await plugins.takeBack()
            throw error
        }
        changed += useRules(new)
        await plugins.remove(changes.removed)
        parts.plugins.note([])
        (configuration, metrics, specs) = (new.configuration, new.metrics, new.plugins)
        return changed.sorted()
    }

    private func useAutomation(_ new: AgentConfiguration) async throws(ReloadRejection) -> Bool {
        guard let automation = parts.automation, !new.runsAlike(configuration) else { return false }
        do {
            try await automation.runtime.apply(new.automationSettings)
            return true
        } catch {
            throw ReloadRejection(reasons: ["devices: \(error)"])
        }
    }

    private func useMetrics(_ new: [MetricDefinition]) throws(ReloadRejection) -> Bool {
        guard new != metrics else { return false }
        do throws(DefinitionErrors) {
            try parts.registry.declare(new, owner: MetricConfiguration.owner)
            return true
        } catch {
            throw ReloadRejection(reasons: error.errors.map { "metrics: \($0)" })
        }
    }

    /// What is only a matter of setting it.
    private func useRules(_ new: PreparedConfiguration) -> [String] {
        var changed: [String] = []
        let (old, new, limits) = (configuration, new.configuration, new.quotaLimits)
        if old.pipeline != new.pipeline { changed.append("pipeline") }
        if old.redaction != new.redaction { changed.append("redaction") }
        if !changed.isEmpty {
            let redactor = new.redaction.redactor
            parts.bus.setPipeline(new.eventPipeline(redactor))
            parts.registry.redactLabels(with: redactor)
        }
        if let automation = parts.automation, let limits, old.quotas != new.quotas {
            automation.runtime.quota.setLimits(limits)
            changed.append("quotas")
        }
        return changed
    }

    // MARK: Telling

    private func tellLoaded(_ changed: [String]) {
        parts.logger.notice(
            "the configuration was read again and is in use",
            metadata: [
                "hash": "\(configuration.contentHash)",
                "changed": "\(changed.isEmpty ? "nothing" : changed.joined(separator: " "))",
            ])
        parts.bus.tellLoaded(configuration)
    }

    private func tellRejected(_ rejection: ReloadRejection) {
        for reason in rejection.reasons {
            parts.logger.error("the configuration stays as it was: \(reason)")
        }
        parts.bus.execute(
            "agent.config.rejected", ["errors": .init(rejection.reasons.count)],
            ["file": .string(configuration.file)])
    }
}

extension TelemetryBus {
    /// Says that a configuration is in use.
    func tellLoaded(_ configuration: AgentConfiguration) {
        execute(
            "agent.config.loaded",
            [
                "plugins": .init(configuration.plugins.count),
                "metrics": .init(configuration.metrics.count),
            ],
            [
                "file": .string(configuration.file),
                "hash": .string(configuration.contentHash),
            ])
    }
}

extension AgentConfiguration {
    /// Whether runs are made alike: on the same devices, by the same schedules and defaults.
    fileprivate func runsAlike(_ other: AgentConfiguration) -> Bool {
        devices.map(\.value) == other.devices.map(\.value)
            && schedules.map(\.value) == other.schedules.map(\.value) && runs == other.runs
    }
}
