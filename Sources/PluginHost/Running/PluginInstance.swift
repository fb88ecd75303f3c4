import CAgentPlugin
import MetricRegistry
import Telemetry

/// One instance of a plugin, from create to destroy.
///
/// `@unchecked Sendable`: the host starts and ends it one call at a time; what others see meanwhile (status,
/// counters, routes) is constant by then or guards itself.
final class PluginInstance: @unchecked Sendable {
    let spec: PluginSpec
    let library: PluginLibrary
    let description: PluginDescription
    let counters: InstanceCounters
    let services: InstanceServices
    let watch: CallWatch

    private let host: HostContext
    private let bus: TelemetryBus
    private let registry: MetricRegistry
    private let views: FamilyViews
    private let log: PluginLog
    /// How long a call may take that makes or starts something.
    private let patience: Duration
    private let replaces: Bool
    private let lifecycle: Guarded<InstanceLifecycle>
    private var call: PluginCall?
    private var worker: InstanceWorker?
    private var endpoint: RouteEndpoint?
    private var failure: PluginRefusal.Reason?
    private var ending = Ending(deadline: 0, isReplaced: false)

    /// The paths it answers; known once it runs.
    private(set) var routes: [PluginRoute] = []

    /// Whether it takes single updates; known once it runs.
    private(set) var wantsUpdates = false

    /// What it offers, without what it does not want.
    var kinds: PluginKinds {
        wantsUpdates ? library.interfaces.kinds : library.interfaces.kinds.subtracting(.stream)
    }

    private struct Ending {
        var deadline: Int64
        var isReplaced: Bool
    }

    /// What the host does at the moment the instance begins to work: makes its metrics and routes known, and
    /// gives it the queues its events and updates come from, where it takes any.
    typealias Switch = ([EventPattern], [PluginRoute]) throws(PluginRefusal.Reason) ->
        InstanceQueues
    private var makeKnown: Switch?

    /// What the host does when it ends: no more events for it.
    private var forget: (() -> Void)?

    init(
        _ spec: PluginSpec, _ library: PluginLibrary, _ description: PluginDescription,
        bus: TelemetryBus, registry: MetricRegistry, views: FamilyViews, log: PluginLog,
        patience: Duration, selfMetrics: SelfMetrics, counters: InstanceCounters, replaces: Bool,
        runningLibraries: @escaping @Sendable () -> [PluginLibrary]
    ) {
        self.spec = spec
        self.library = library
        self.description = description
        self.bus = bus
        self.registry = registry
        self.views = views
        self.log = log
        self.counters = counters
        self.patience = patience
        watch = CallWatch(counters)
        self.replaces = replaces
        services = InstanceServices(
            name: spec.name, eventPrefix: description.eventPrefix, bus: bus,
            secrets: spec.secrets.values,
            snapshots: SnapshotSource(registry: registry, views: views, filter: spec.filter),
            selfMetrics: selfMetrics, runningLibraries: runningLibraries)
        host = HostContext(name: spec.name, log: log, clock: bus.clock, services: services)
        lifecycle = Guarded(InstanceLifecycle(hasService: library.interfaces.service != nil))
    }

    var state: InstanceLifecycle.State { lifecycle.withLock { $0.state } }

    // MARK: Start and end

    /// Creates the instance and has it work. `makeKnown` is called once all that can fail has gone well.
    func start(_ makeKnown: @escaping Switch) throws(PluginRefusal) {
        self.makeKnown = makeKnown
        run(.start)
        self.makeKnown = nil
        guard state == .running else {
            throw PluginRefusal(
                file: library.file,
                reason: failure ?? .createFailed(code: AGENT_ERROR, text: ""))
        }
    }

    /// Brings it to rest and frees it; false when it had to be abandoned. `forget` is called first, so that
    /// no more events come.
    func end(deadline: Int64, isReplaced: Bool, _ forget: @escaping () -> Void) -> Bool {
        ending = Ending(deadline: deadline, isReplaced: isReplaced)
        self.forget = forget
        run(.stop)
        self.forget = nil
        return state == .stopped
    }

    private func run(_ event: InstanceLifecycle.Event) {
        var actions = lifecycle.withLock { $0.handle(event) }
        while !actions.isEmpty {
            guard let next = perform(actions.removeFirst()) else { continue }
            actions += lifecycle.withLock { $0.handle(next) }
        }
    }

    /// Does one action and answers how it went.
    private func perform(_ action: InstanceLifecycle.Action) -> InstanceLifecycle.Event? {
        switch action {
        case .create: return create()
        case .startService: return startService()
        case .begin: return begin()
        case .drain: return .drained(drain())
        case .stopService: return .serviceStopped(stopService())
        case .destroy: return .destroyed(destroy())
        case .abandon:
            host.close()
            services.secrets.erase()
            bus.execute(
                "agent.plugin.failed", ["count": 1],
                [
                    "plugin": .string(spec.name), "reason": "abandoned",
                    "message": "it could not be brought to rest in time and is left alone",
                ])
            return nil
        case .release:
            host.close()
            services.close()
            return nil
        }
    }

    // MARK: The plugin's calls

    /// Makes a call in a thread of its own; nil, and the reason kept, when it did not come back in time.
    private func attempt<Result: Sendable>(
        _ what: String, _ body: @escaping @Sendable () -> Result
    ) -> Result? {
        let deadline = MonotonicTime.after(patience.nanoseconds)
        switch OSThread.attempt("plg-\(spec.name)", deadline: deadline, body) {
        case .done(let result): return result
        case .late: failure = .late(call: what, seconds: patience.components.seconds)
        case .noThread:
            failure = .startFailed(code: AGENT_ERROR, text: "the system has no further thread")
        }
        return nil
    }

    /// What create answered. `@unchecked Sendable`: the pointer is the plugin's, and only handed on.
    private struct Created: @unchecked Sendable {
        var instance: UnsafeMutableRawPointer?
        var status = AGENT_UNSUPPORTED
        var text = ""
    }

    private func create() -> InstanceLifecycle.Event {
        let created = attempt("create") { [spec, library, host, replaces] in
            var created = Created()
            (created.status, created.text) = ErrorBuffer.call { error in
                Self.withView(spec.name) { name in
                    Self.withView(spec.settings) { settings in
                        var config = agent_instance_config(
                            size: UInt32(MemoryLayout<agent_instance_config>.size),
                            flags: replaces ? AGENT_INSTANCE_REPLACES : 0, name: name,
                            settings: settings)
                        return library.descriptor.table.create?(
                            host.table, &config, &created.instance, error) ?? AGENT_UNSUPPORTED
                    }
                }
            }
            return created
        }
        guard let created else { return lateOr(.created(false)) }
        guard created.status >= 0 else {
            counters.withLock { $0.count(code: created.status) }
            failure = .createFailed(code: created.status, text: created.text)
            return .created(false)
        }
        call = PluginCall(
            name: spec.name, instance: created.instance, host: host, services: services,
            counters: counters, log: log)
        return .created(true)
    }

    /// What follows where a call gave no answer: it hangs, or it could not even be made.
    private func lateOr(_ event: InstanceLifecycle.Event) -> InstanceLifecycle.Event {
        if case .late = failure { return .late }
        return event
    }

    private func startService() -> InstanceLifecycle.Event {
        guard let call, let service = library.interfaces.service else {
            return .serviceStarted(true)
        }
        let started = attempt("start of its service") {
            ErrorBuffer.call { service.start?(call.instance, $0) ?? AGENT_OK }
        }
        guard let started else { return lateOr(.serviceStarted(false)) }
        guard started.status < 0 else { return .serviceStarted(true) }
        counters.withLock { $0.count(code: started.status) }
        failure = .startFailed(code: started.status, text: started.text)
        return .serviceStarted(false)
    }

    /// What an instance says of itself once it is made.
    private struct Wishes: Sendable {
        var routes: [PluginRoute] = []
        var patterns: [EventPattern] = []
        var wantsUpdates = false
    }

    private func wishes(
        _ call: PluginCall, _ endpoint: RouteEndpoint?
    ) -> Result<Wishes, PluginRefusal.Reason>? {
        let (interfaces, eventPrefix) = (library.interfaces, description.eventPrefix)
        return attempt("describing its routes and subscriptions") {
            () -> Result<Wishes, PluginRefusal.Reason> in
            var wishes = Wishes()
            do throws(PluginRefusal.Reason) {
                if let route = interfaces.route, let endpoint {
                    wishes.routes = try RouteReader.read(route, call, endpoint)
                }
                if let handler = interfaces.handler {
                    wishes.patterns = try SubscriptionReader.read(
                        handler, call, eventPrefix: eventPrefix)
                }
                if let stream = interfaces.stream {
                    wishes.wantsUpdates = stream.wanted?(call.instance) != 0
                }
                return .success(wishes)
            } catch {
                return .failure(error)
            }
        }
    }

    private func begin() -> InstanceLifecycle.Event {
        guard let call else { return .begun(false) }
        endpoint = library.interfaces.route.map { RouteEndpoint(call, $0) }
        guard let wishes = wishes(call, endpoint) else { return lateOr(.begun(false)) }
        do throws(PluginRefusal.Reason) {
            let wishes = try wishes.get()
            routes = wishes.routes
            wantsUpdates = wishes.wantsUpdates
            // Open before it is known: a request that is routed here must not be turned away.
            endpoint?.open()
            let worker = try startWorker()
            do throws(PluginRefusal.Reason) {
                let queues = try makeKnown?(wishes.patterns, routes) ?? InstanceQueues()
                if let worker { worker.begin(jobs(call, queues, for: worker)) }
            } catch {
                _ = worker?.end(deadline: MonotonicTime.after(1_000_000_000), isReplaced: true)
                throw error
            }
            return .begun(true)
        } catch {
            _ = endpoint?.close(deadline: MonotonicTime.after(1_000_000_000))
            failure = error
            return .begun(false)
        }
    }

    /// A thread where something of the instance runs on a schedule, waiting for its jobs.
    private func startWorker() throws(PluginRefusal.Reason) -> InstanceWorker? {
        let scheduled: PluginKinds = [.poll, .exporter, .handler, .stream]
        guard !library.interfaces.kinds.isDisjoint(with: scheduled) else { return nil }
        let worker = InstanceWorker(name: spec.name)
        guard worker.start() else {
            throw .startFailed(code: AGENT_ERROR, text: "the system has no further thread")
        }
        self.worker = worker
        return worker
    }

    private func jobs(
        _ call: PluginCall, _ queues: InstanceQueues, for worker: InstanceWorker
    ) -> [any InstanceJob] {
        JobMaker(
            call: call, spec: spec, interfaces: library.interfaces, watch: watch, bus: bus,
            registry: registry, views: views
        ).jobs(queues, for: worker)
    }

    private func drain() -> Bool {
        forget?()
        let requestsEnded = endpoint?.close(deadline: ending.deadline) ?? true
        let workEnded =
            worker?.end(deadline: ending.deadline, isReplaced: ending.isReplaced) ?? true
        return requestsEnded && workEnded
    }

    private func stopService() -> Bool {
        guard let call, let service = library.interfaces.service else { return true }
        let deadline = ending.deadline == 0 ? MonotonicTime.after(5_000_000_000) : ending.deadline
        let answer = OSThread.call("plg-stop", deadline: deadline) {
            ErrorBuffer.call { error in
                service.stop?(call.instance, deadline, error) ?? AGENT_OK
            }
        }
        guard let answer else {
            call.report("stopping its service", AGENT_TIMEOUT, "it did not return in time")
            return false
        }
        if answer.status != AGENT_OK {
            call.report("stopping its service", answer.status, answer.text)
        }
        return answer.status == AGENT_OK
    }

    private func destroy() -> Bool {
        guard let call else { return true }
        let library = library
        // What it may take beyond the deadline: all else is at rest by now.
        let deadline = max(ending.deadline, MonotonicTime.after(2_000_000_000))
        return OSThread.call("plg-destroy", deadline: deadline) {
            library.descriptor.table.destroy?(call.instance)
            return true
        } ?? false
    }

    private static func withView<Result>(_ text: String, _ body: (agent_str) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(agent_str(UnsafeRawBufferPointer($0))) }
    }
}
