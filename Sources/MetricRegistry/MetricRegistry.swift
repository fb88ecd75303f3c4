import Synchronization
package import Telemetry

/// Owns all series: declared metrics on one side, snapshots on the other, events in between.
///
/// Declaring, removing and snapshots may happen at any time, from any thread, while events are applied.
package final class MetricRegistry: Sendable {
    /// How a registry is set up.
    package struct Settings: Sendable {
        /// Label sets kept per metric where its definition does not say.
        package var maximumSeries = 2000
        /// What one `tick` stands for.
        package var tickLength: Duration = .seconds(1)

        package init() {}
    }

    private struct LiveMetric: Sendable {
        let definition: MetricDefinition
        let metric: Metric
        let group: SeriesGroup
    }

    private struct State {
        var metrics: [MetricName: LiveMetric] = [:]
        var collectors: [(id: String, collect: @Sendable () -> Void)] = []
        var taps: [(id: String, tap: any UpdateTap)] = []
    }

    private let bus: TelemetryBus
    private let settings: Settings
    private let time: RegistryTime
    private let graveyard = Graveyard()
    private let labelGuard = LabelGuard()
    private let consumer: RegistryConsumer
    private let state = Guarded(State())

    /// Attaches itself to `bus` as handler `id`.
    package init(
        bus: TelemetryBus, settings: Settings = Settings(), id: String = "metric-registry"
    ) throws(AttachError) {
        let time = RegistryTime(clock: bus.clock, tickLength: settings.tickLength)
        let consumer = RegistryConsumer(id: id, time: time)
        // A pattern that nothing matches, until metrics are declared. Before anything is kept: a registry that
        // was refused must not detach, when it goes, the one that has its id.
        try bus.attach(consumer, to: [.name("agent.registry.none")])
        self.bus = bus
        self.settings = settings
        self.time = time
        self.consumer = consumer
    }

    deinit {
        bus.detach(consumer.id)
        graveyard.collect()
    }

    /// Keeps secrets out of labels; nil: labels are what events say.
    ///
    /// Series whose labels hold what is a secret by now are removed, and begin anew without it.
    package func redactLabels(with redactor: (any MetadataRedactor)?) {
        labelGuard.use(redactor)
        for group in groups { group.removeSecrets() }
    }

    // MARK: Declaring

    /// Makes `definitions` the metrics of `owner`, all or none.
    ///
    /// What the owner had declared before and does again in the same words keeps its series; what it does not
    /// name any more is removed with its series.
    package func declare(
        _ definitions: [MetricDefinition], owner: String
    ) throws(DefinitionErrors) {
        let errors = state.withLock { state -> [DefinitionError] in
            let others = state.metrics.values
                .filter { $0.metric.owner != owner }
                .map { (definition: $0.definition, owner: $0.metric.owner) }
            let errors = DefinitionErrors.check(definitions, owner: owner, besides: others)
            guard errors.isEmpty else { return errors }
            replace(definitions, owner, &state)
            return []
        }
        if !errors.isEmpty { throw DefinitionErrors(errors: errors) }
    }

    /// What would be wrong with declaring these, without doing it.
    package func problems(
        of definitions: [MetricDefinition], owner: String
    ) -> [DefinitionError] {
        state.withLock { state in
            let others = state.metrics.values
                .filter { $0.metric.owner != owner }
                .map { (definition: $0.definition, owner: $0.metric.owner) }
            return DefinitionErrors.check(definitions, owner: owner, besides: others)
        }
    }

    /// Removes all metrics of an owner, with their series.
    package func remove(owner: String) {
        state.withLock { replace([], owner, &$0) }
    }

    private func replace(_ definitions: [MetricDefinition], _ owner: String, _ state: inout State) {
        var kept: [MetricName: LiveMetric] = state.metrics.filter { $0.value.metric.owner != owner }
        var new: [MetricDefinition] = []
        for definition in definitions {
            if let old = state.metrics[definition.name], old.metric.owner == owner,
                old.definition.isSameSeries(as: definition)
            {
                kept[definition.name] = LiveMetric(
                    definition: definition, metric: old.metric, group: old.group)
            } else {
                new.append(definition)
            }
        }
        for group in makeGroups(new, owner) {
            for metric in group.metrics {
                kept[metric.definition.name] = LiveMetric(
                    definition: metric.definition, metric: metric, group: group)
            }
        }
        state.metrics = kept
        publish(state)
    }

    private func makeGroups(_ definitions: [MetricDefinition], _ owner: String) -> [SeriesGroup] {
        var byKey: [(key: SeriesGroup.Key, definitions: [MetricDefinition])] = []
        for definition in definitions {
            let key = SeriesGroup.Key(definition, owner: owner, settings: settings)
            let index = byKey.firstIndex {
                $0.key == key && $0.definitions.count < SeriesGroup.maximumMetrics
            }
            if let index {
                byKey[index].definitions.append(definition)
            } else {
                byKey.append((key, [definition]))
            }
        }
        return byKey.map {
            SeriesGroup(
                key: $0.key, definitions: $0.definitions, graveyard: graveyard, time: time,
                labelGuard: labelGuard)
        }
    }

    /// Has the bus make its plans from these metrics from now on.
    private func publish(_ state: State) {
        let metrics = state.metrics
        var groups: [LiveGroup] = []
        for (_, live) in metrics.sorted(by: { $0.key < $1.key }) {
            if let index = groups.firstIndex(where: { $0.group === live.group }) {
                groups[index].metrics.append(live.metric)
            } else {
                groups.append(LiveGroup(group: live.group, metrics: [live.metric]))
            }
        }
        consumer.use(groups, taps: state.taps.isEmpty ? nil : TapList(state.taps.map(\.tap)))
        let events = Set(metrics.values.flatMap { $0.definition.sources.map(\.event) })
        bus.refresh(consumer, events: events.map(EventPattern.name))
    }

    /// Every declared metric with its owner, by name.
    package var definitions: [(definition: MetricDefinition, owner: String)] {
        state.withLock { state in
            state.metrics.values
                .sorted { $0.definition.name < $1.definition.name }
                .map { ($0.definition, $0.metric.owner) }
        }
    }

    // MARK: Reading

    /// All series at this time. Writers go on; collectors are run first.
    package func snapshot() -> MetricSnapshot {
        let collectors = state.withLock { $0.collectors }
        for collector in collectors { collector.collect() }
        let generation = graveyard.open()
        let families = state.withLock { state in
            state.metrics.values
                .sorted { $0.definition.name < $1.definition.name }
                .map {
                    FamilySnapshot(
                        definition: $0.definition, owner: $0.metric.owner, metric: $0.metric,
                        group: $0.group)
                }
        }
        return MetricSnapshot(
            time: time.system(), families: families, graveyard: graveyard, generation: generation)
    }

    /// Has `collect` called before each snapshot, to bring instruments up to date; replaces one of the same id.
    package func onSnapshot(_ id: String, _ collect: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.collectors.removeAll { $0.id == id }
            state.collectors.append((id, collect))
        }
    }

    package func removeCollector(_ id: String) {
        state.withLock { state in state.collectors.removeAll { $0.id == id } }
    }

    /// Has `tap` see every update from now on; replaces one of the same id.
    package func addTap(_ id: String, _ tap: any UpdateTap) {
        state.withLock { state in
            state.taps.removeAll { $0.id == id }
            state.taps.append((id, tap))
            publish(state)
        }
    }

    /// A call that had begun in another thread may still be running when this returns.
    package func removeTap(_ id: String) {
        state.withLock { state in
            state.taps.removeAll { $0.id == id }
            publish(state)
        }
    }

    /// How each metric fares.
    package var statistics: [MetricStatistics] {
        state.withLock { state in
            state.metrics.values.sorted { $0.definition.name < $1.definition.name }.map { live in
                MetricStatistics(
                    name: live.definition.name, owner: live.metric.owner,
                    series: live.group.seriesCount,
                    overflowed: live.group.overflowed.load(ordering: .relaxed),
                    skipped: Dictionary(
                        uniqueKeysWithValues: SkipReason.allCases.map {
                            ($0, live.metric.skipCount($0))
                        }))
            }
        }
    }

    // MARK: Instruments

    /// A series to write directly. Label values in the order of the definition's labels.
    ///
    /// Nil where there is no such metric, the number of values differs, or one is too long.
    package func series(_ name: MetricName, _ labels: [String] = []) -> SeriesHandle? {
        guard let live = state.withLock({ $0.metrics[name] }),
            labels.count == live.definition.labels.count
        else { return nil }
        return SeriesHandle(metric: live.metric, group: live.group, labels: labels)
    }

    // MARK: Time

    /// Moves the registry's time by one `tickLength`: expires idle series and frees memory.
    package func tick(_ count: UInt32 = 1) {
        time.advance(by: count)
        for group in groups where group.expires { _ = group.expire() }
        graveyard.collect()
    }

    /// Metrics share groups; each is here once.
    private var groups: [SeriesGroup] {
        state.withLock { state in
            Dictionary(grouping: state.metrics.values, by: { ObjectIdentifier($0.group) })
                .values.compactMap { $0.first?.group }
        }
    }
}

/// How a metric fares.
package struct MetricStatistics: Sendable {
    package let name: MetricName
    package let owner: String
    /// Label sets, the overflow series not counted.
    package let series: Int
    /// Updates that went to the overflow series, of all metrics that share its rows.
    package let overflowed: UInt64
    package let skipped: [SkipReason: UInt64]
}

extension MetricDefinition {
    /// Whether series of the one go on under the other: everything but the help is the same.
    fileprivate func isSameSeries(as other: MetricDefinition) -> Bool {
        var copy = other
        copy.help = help
        return self == copy
    }
}

extension SeriesGroup.Key {
    fileprivate init(
        _ definition: MetricDefinition, owner: String, settings: MetricRegistry.Settings
    ) {
        self.init(
            owner: owner, events: Set(definition.sources.map(\.event)), labels: definition.labels,
            constants: Dictionary(grouping: definition.sources, by: \.event).mapValues {
                $0.map(\.constants)
            },
            keep: definition.keep, drop: definition.drop,
            maximumSeries: definition.maximumSeries ?? settings.maximumSeries,
            expireAfter: definition.expireAfter)
    }
}
