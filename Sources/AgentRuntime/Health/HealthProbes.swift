import AgentConfiguration
import Automation
import EventIntake
import Repo
import Synchronization
import Telemetry

extension HealthCriteria.Limit {
    /// The limit beside what was measured.
    func criterion(
        _ name: String, _ value: Double?, _ bound: Criterion.Bound, number: (Value) -> Double
    ) -> Criterion {
        Criterion(
            name: name, value: value, bound: bound, limit: number(limit),
            severity: severity == .failed ? .failed : .degraded)
    }
}

extension HealthRegistry {
    /// Has the intake looked at.
    func watch(_ intake: EventIntake, by rules: CurrentHealthRules, clock: TelemetryClock) {
        let errors = Mutex(ErrorWindow(rules.value.configuration.criteria))
        register { [accounting = intake.accounting] in
            let configuration = rules.value.configuration
            let counts = accounting.snapshot().values
            let received = counts.reduce(0) { $0 &+ $1.received }
            let rejected = counts.reduce(0) { $0 &+ $1.rejectedInAll }
            let faulty = counts.reduce(0) { $0 &+ $1.faulty }
            let share = errors.withLock {
                $0.use(configuration.criteria)
                return $0.share(failed: faulty, of: received, at: clock.monotonic())
            }
            var reading = ComponentReading(.intake, configuration)
            reading.criteria = [configuration.criteria.errorCriterion(share)]
            reading.figures = [
                ("received", Int64(received)), ("rejected", Int64(rejected)),
                ("dropped", Int64(counts.reduce(0) { $0 &+ $1.droppedInAll })),
                ("connections", Int64(counts.reduce(0) { $0 &+ $1.openConnections })),
            ]
            return [reading]
        }
    }

    /// Has the store, the runner and the quota looked at.
    func watch(
        _ parts: AutomationParts, _ outcomes: RunOutcomes, _ watch: StoreWatch,
        by rules: CurrentHealthRules, clock: TelemetryClock
    ) {
        let timer = ResponseTimer(clock: clock) { [repo = parts.repo] in try await repo.question() }
        register { [repo = parts.repo, room = parts.runtime.room] in
            [.store(repo, room, timer, rules.value.configuration)]
        }
        register {
            watch.figures.map { [.audit($0, rules.value.configuration)] } ?? []
        }

        let errors = Mutex(ErrorWindow(rules.value.configuration.criteria))
        register { [runtime = parts.runtime] in
            let (configuration, maxActive) = (rules.value.configuration, rules.value.maxActive)
            let active = await runtime.activeRuns().count
            let (ended, failed) = outcomes.totals
            let share = errors.withLock {
                $0.use(configuration.criteria)
                return $0.share(failed: failed, of: ended, at: clock.monotonic())
            }
            var reading = ComponentReading(.runner, configuration)
            reading.criteria = [
                configuration.criteria.freeWorkers.criterion(
                    "free_workers", Double(max(0, maxActive &- active)), .atLeast,
                    number: Double.init),
                configuration.criteria.errorCriterion(share),
            ]
            reading.figures = [
                ("active", Int64(active)), ("ended", Int64(ended)), ("failed", Int64(failed)),
            ]
            return [reading]
        }
        register { [quota = parts.runtime.quota] in
            [.quota(quota.debugState(), rules.value.configuration)]
        }
    }
}

extension ErrorWindow {
    fileprivate init(_ criteria: HealthCriteria) {
        self.init(length: criteria.errorWindow, minimumCount: criteria.errorCount)
    }

    fileprivate mutating func use(_ criteria: HealthCriteria) {
        use(length: criteria.errorWindow, minimumCount: criteria.errorCount)
    }
}

extension HealthCriteria {
    fileprivate func errorCriterion(_ share: Double?) -> Criterion {
        errorShare.criterion("error_share", share, .atMost) { $0 }
    }
}

extension ComponentReading {
    fileprivate init(
        _ component: HealthConfiguration.Component, _ configuration: HealthConfiguration
    ) {
        self.init(
            name: component.rawValue, isRequired: configuration.required.contains(component))
    }

    fileprivate static func store(
        _ repo: Repo, _ room: OutputRoom, _ timer: ResponseTimer,
        _ configuration: HealthConfiguration
    ) -> ComponentReading {
        var reading = ComponentReading(.store, configuration)
        let (time, failure) = timer.measure()
        if let failure {
            reading.status = .failed
            reading.why = failure
        } else if let trouble = room.trouble {
            reading.status = .degraded
            reading.why = "\(trouble.runs) runs wait for it and go on meanwhile: \(trouble.error)"
        }
        let directory = ConfigurationDirectory(of: repo.settings.path).path
        let free = DiskSpace.free(at: directory.isEmpty ? "." : directory)
        reading.criteria = [
            configuration.criteria.responseTime.criterion(
                "response_time_seconds", time.map { Double($0) / 1e9 }, .atMost
            ) { Double($0.nanoseconds) / 1e9 },
            configuration.criteria.freeDisk.criterion(
                "free_disk_bytes", free.map(Double.init), .atLeast, number: Double.init),
            configuration.criteria.logSize.criterion(
                "log_bytes", Double(repo.logBytes), .atMost, number: Double.init),
        ]
        let pool = repo.poolState
        reading.figures = [
            ("connections_in_use", Int64(pool.inUse)), ("connections_idle", Int64(pool.idle)),
            ("waiting", Int64(pool.waiting)), ("log_bytes", repo.logBytes),
            ("output_waiting_bytes", Int64(room.bytes)),
            ("output_retries", Int64(clamping: room.retries)),
        ]
        return reading
    }

    fileprivate static func audit(
        _ figures: StoreWatch.Figures, _ configuration: HealthConfiguration
    ) -> ComponentReading {
        var reading = ComponentReading(.audit, configuration)
        let log = figures.audit
        if let failure = log.failure {
            reading.status = log.isLasting ? .failed : .degraded
            reading.why = failure
        } else if let alteration = log.alteration {
            reading.status = .degraded
            reading.why = alteration
        }
        let size = figures.bytes.first { $0.part == "audit" }
        if let limit = figures.limits.first(where: { $0.part == "audit" }) {
            reading.criteria = [
                Criterion(
                    name: "audit_bytes", value: size.map { Double($0.bytes) }, bound: .atMost,
                    limit: Double(limit.bytes), severity: .degraded)
            ]
        }
        reading.figures = [
            ("entries", figures.entries), ("waiting", Int64(log.waiting)),
            ("lost", Int64(log.lost)),
            ("alterations", Int64(log.alterations)),
        ]
        return reading
    }

    fileprivate static func quota(
        _ state: QuotaState, _ configuration: HealthConfiguration
    ) -> ComponentReading {
        var reading = ComponentReading(.quota, configuration)
        reading.criteria = [
            configuration.criteria.queueLength.criterion(
                "queue_length", Double(state.waiting), .atMost, number: Double.init)
        ]
        reading.figures = [
            ("active", Int64(state.active)), ("limit", Int64(state.limits.global)),
            ("rejected", Int64(state.rejected)),
        ]
        return reading
    }
}
