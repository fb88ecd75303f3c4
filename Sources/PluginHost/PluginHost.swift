package import MetricRegistry
package import Telemetry

/// The plugins of one agent: loads libraries, runs their instances, replaces and stops them.
///
/// Starting, replacing and stopping happen one at a time, on threads of their own, because they wait for plugins.
/// Everything else answers at once, from any thread.
package final class PluginHost: Sendable {
    /// How plugins are loaded and run, whatever they are.
    package struct Settings: Sendable {
        package var loadMode: PluginLoadMode = .memory
        package var log: PluginLog = .silent
        /// Why a text is no JSON Schema; nil where it is one.
        package var schemaFault: @Sendable (_ schema: String) -> String? = { _ in nil }
        /// What is wrong with an instance's settings under its plugin's schema; nil where nothing is.
        package var settingsFault: @Sendable (_ schema: String, _ settings: String) -> String? = {
            _, _ in nil
        }
        /// Where libraries are tried before they are loaded; nil: nowhere.
        package var trial: LibraryTrial?
        /// How long a call may take that makes or starts something: longer, and its thread is given up.
        package var patience: Duration = .seconds(10)
        /// How long a replaced instance may take to come to rest.
        package var drainTime: Duration = .seconds(10)

        package init() {}
    }

    package let settings: Settings
    let bus: TelemetryBus
    let registry: MetricRegistry
    let selfMetrics: SelfMetrics
    let views = FamilyViews()
    let state = Guarded(State())
    /// Held while an instance is started, replaced or stopped.
    let control = Guarded(())

    struct State {
        /// In the order they were started.
        var instances: [PluginInstance] = []
        /// By instance name.
        var eventQueues: [String: HandlerQueue] = [:]
        var updateQueues: [String: StreamQueue] = [:]
        /// Could not be brought to rest.
        var abandoned = 0
        /// Whose dashboards are shown though nothing of them runs.
        var lent: [PluginLibrary] = []
    }

    package init(bus: TelemetryBus, registry: MetricRegistry, settings: Settings = Settings()) {
        self.bus = bus
        self.registry = registry
        self.settings = settings
        selfMetrics = SelfMetrics(registry: registry)
    }

    // MARK: Looking

    /// How many libraries this process has mapped; they stay.
    package static var imageCount: Int { ImageStore.shared.count }

    /// Instances that could not be brought to rest; their memory and threads stay.
    package var abandonedCount: Int { state.withLock { $0.abandoned } }

    /// Whether code of a plugin may still run that was given up: the process has to end without waiting for it.
    package var hasGivenUp: Bool { abandonedCount > 0 || ImageStore.shared.isHung }

    /// Describes a library without making an instance: exact, and opens no socket.
    package func describe(_ spec: PluginSpec) throws(PluginRefusal) -> PluginDescription {
        try describe([spec])[0].get()
    }

    /// The same for several, which are tried beside each other before any of them is loaded.
    package func describe(
        _ specs: [PluginSpec]
    ) -> [Result<PluginDescription, PluginRefusal>] {
        zip(specs, load(specs)).map { spec, library in
            do throws(PluginRefusal) {
                return .success(try PluginDescription(library.get(), spec))
            } catch {
                return .failure(error)
            }
        }
    }

    /// How every instance is doing.
    package var instances: [PluginReport] {
        state.withLock { $0.instances }.map(PluginReport.init)
    }

    /// Every path a running plugin answers.
    package var routes: [PluginRoute] { state.withLock { $0.instances }.flatMap(\.routes) }

    /// Shows running plugins the dashboards of these as if they ran as well.
    package func lendDashboards(of specs: [PluginSpec]) {
        let libraries = specs.compactMap { try? load($0) }
        state.withLock { $0.lent = libraries }
    }

    // MARK: Loading

    /// Loads and checks a library.
    ///
    /// - Parameter image: the hash of one that was loaded before; it is used whatever the file has become
    func load(_ spec: PluginSpec, image: PluginImageHash? = nil) throws(PluginRefusal)
        -> PluginLibrary
    {
        if let image, let known = ImageStore.shared.known(image.sha256, file: image.file) {
            return known
        }
        return try load([spec])[0].get()
    }

    private func load(_ specs: [PluginSpec]) -> [ImageLoader.Answer] {
        let images = ImageSettings(
            mode: settings.loadMode, log: settings.log, clock: bus.clock, trial: settings.trial,
            patience: settings.patience)
        let requests = specs.map { ImageStore.Request(location: $0.library, pin: $0.sha256) }
        return ImageStore.shared.load(requests, images).map { answer in
            answer.flatMap { library in
                guard let schema = library.descriptor.settingsSchema,
                    let fault = settings.schemaFault(schema)
                else { return .success(library) }
                return .failure(
                    PluginRefusal(
                        file: library.file,
                        reason: .badText(what: "its settings schema", .unusable(fault))))
            }
        }
    }

    /// A new instance, not yet created.
    func makeInstance(
        _ spec: PluginSpec, counters: InstanceCounters, replaces: Bool,
        image: PluginImageHash? = nil
    ) throws(PluginRefusal) -> PluginInstance {
        let library = try load(spec, image: image)
        if let schema = library.descriptor.settingsSchema,
            let fault = settings.settingsFault(schema, spec.settings)
        {
            throw PluginRefusal(file: library.file, reason: .badSettings(fault))
        }
        return PluginInstance(
            spec, library, try PluginDescription(library, spec), bus: bus, registry: registry,
            views: views, log: settings.log, patience: settings.patience, selfMetrics: selfMetrics,
            counters: counters,
            replaces: replaces,
            runningLibraries: { [weak self] in
                self?.state.withLock { $0.lent + $0.instances.map(\.library) } ?? []
            })
    }
}
