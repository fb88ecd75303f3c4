import MetricRegistry
import Telemetry

extension PluginHost {
    /// Starts plugins in their order. One that is refused does not stop the others.
    package func start(_ specs: [PluginSpec]) async -> [PluginOutcome] {
        await OSThread.run("plugin-start") { specs.map { self.startOne($0) } }
    }

    /// Stops every instance, the last one started first, and answers which had to be abandoned.
    ///
    /// `deadline` is for all of them together.
    @discardableResult
    package func stop(deadline: Duration) async -> [String] {
        let end = MonotonicTime.after(deadline.nanoseconds)
        return await OSThread.run("plugin-stop") { self.stopAll(end) }
    }

    /// Stops one instance and forgets its metrics. False where there is none, or it had to be abandoned.
    package func remove(_ name: String, deadline: Duration) async -> Bool {
        let end = MonotonicTime.after(deadline.nanoseconds)
        return await OSThread.run("plugin-stop") {
            self.control.withLock { _ in
                let instance = self.state.withLock { state in
                    state.instances.first { $0.spec.name == name }
                }
                guard let instance else { return false }
                let isStopped = self.stopOne(instance, end)
                self.registry.remove(owner: name)
                return isStopped
            }
        }
    }

    private func startOne(_ spec: PluginSpec) -> PluginOutcome {
        control.withLock { _ in
            let started = MonotonicTime.now
            do throws(PluginRefusal) {
                let instance = try makeInstance(
                    spec, counters: InstanceCounters(PluginCounters()), replaces: false)
                try checkIdentity(instance, replacing: nil)
                try begin(instance) { patterns, routes throws(PluginRefusal.Reason) in
                    try self.checkRoutes(routes, besides: nil)
                    try self.declare(instance)
                    return try self.attach(instance, patterns)
                }
                state.withLock { $0.instances.append(instance) }
                tell("loaded", instance, ["duration": .integer(MonotonicTime.now - started)])
                return PluginOutcome(
                    name: spec.name, isRequired: spec.isRequired,
                    result: .success(instance.description))
            } catch {
                undo(spec.name)
                tell(error, spec)
                return PluginOutcome(
                    name: spec.name, isRequired: spec.isRequired, result: .failure(error))
            }
        }
    }

    /// Takes back what a start that failed late had made known.
    private func undo(_ name: String) {
        let isRunning = state.withLock { state in state.instances.contains { $0.spec.name == name }
        }
        guard !isRunning else { return }
        detach(name)
        registry.remove(owner: name)
    }

    /// Has an instance work, and counts it where it has to be left alone.
    func begin(
        _ instance: PluginInstance, _ makeKnown: @escaping PluginInstance.Switch
    ) throws(PluginRefusal) {
        do throws(PluginRefusal) {
            try instance.start(makeKnown)
        } catch {
            if instance.state == .abandoned { state.withLock { $0.abandoned += 1 } }
            throw error
        }
    }

    /// How long the next instance waits for the one before it; one that hangs must not take the others' time.
    private static let turn: Int64 = 2_000_000_000

    private func stopAll(_ deadline: Int64) -> [String] {
        control.withLock { _ in
            let instances = Array(state.withLock { $0.instances }.reversed())
            let ended = Monitor([Int: Bool]())
            for (index, instance) in instances.enumerated() {
                let isRunning = OSThread.start("plugin-stop") {
                    let isStopped = self.stopOne(instance, deadline)
                    ended.change { $0[index] = isStopped }
                }
                if !isRunning {
                    let isStopped = stopOne(instance, deadline)
                    ended.change { $0[index] = isStopped }
                }
                let turn = min(MonotonicTime.after(Self.turn), deadline)
                _ = ended.wait(until: turn) { $0[index] != nil }
            }
            // What ending one takes beyond the deadline is bounded: destroy may take two seconds more.
            let last = max(deadline, MonotonicTime.now)
            _ = ended.wait(until: MonotonicTime.after(3_000_000_000, from: last)) {
                $0.count == instances.count
            }
            let results = ended.withLock { $0 }
            return instances.indices.filter { results[$0] != true }.map {
                instances[$0].spec.name
            }
        }
    }

    private func stopOne(_ instance: PluginInstance, _ deadline: Int64) -> Bool {
        let isStopped = instance.end(deadline: deadline, isReplaced: false) {
            self.detach(instance.spec.name)
        }
        state.withLock { state in
            state.instances.removeAll { $0 === instance }
            if !isStopped { state.abandoned += 1 }
        }
        return isStopped
    }

    // MARK: Pieces that replacing uses as well

    /// Names and ids must tell instances and libraries apart.
    func checkIdentity(
        _ instance: PluginInstance, replacing old: PluginInstance?
    ) throws(PluginRefusal) {
        let others = state.withLock { $0.instances }.filter { $0 !== old }
        let file = instance.library.file
        if others.contains(where: { $0.spec.name == instance.spec.name }) {
            throw PluginRefusal(file: file, reason: .duplicateName(instance.spec.name))
        }
        let twin = others.first {
            $0.description.id == instance.description.id
                && $0.description.sha256 != instance.description.sha256
                // What the file was before: its instances are replaced one after the other.
                && $0.library.file != file
        }
        if let twin {
            throw PluginRefusal(
                file: file,
                reason: .duplicateID(id: instance.description.id, other: twin.library.file))
        }
    }

    /// A path has one owner.
    func checkRoutes(
        _ routes: [PluginRoute], besides old: PluginInstance?
    ) throws(PluginRefusal.Reason) {
        let taken = state.withLock { $0.instances }.filter { $0 !== old }.flatMap(\.routes)
        for route in routes {
            guard let other = taken.first(where: { $0.path == route.path }) else { continue }
            throw .clash("its route \(route.path) is answered by plugin \(other.plugin) already")
        }
    }

    /// What declaring its metrics would meet.
    func checkMetrics(_ instance: PluginInstance) throws(PluginRefusal.Reason) {
        let problems = registry.problems(
            of: instance.description.metrics, owner: instance.spec.name)
        guard problems.isEmpty else {
            throw .clash(problems.map(\.description).joined(separator: "; "))
        }
    }

    func declare(_ instance: PluginInstance) throws(PluginRefusal.Reason) {
        do {
            try registry.declare(instance.description.metrics, owner: instance.spec.name)
        } catch {
            throw .clash(error.errors.map(\.description).joined(separator: "; "))
        }
    }

    /// The queues of what comes to an instance on its own, attached to where it comes from.
    func attach(
        _ instance: PluginInstance, _ patterns: [EventPattern]
    ) throws(PluginRefusal.Reason) -> InstanceQueues {
        let name = instance.spec.name
        return InstanceQueues(
            events: patterns.isEmpty ? nil : try eventQueue(name, patterns),
            updates: instance.wantsUpdates ? updateQueue(name) : nil)
    }

    private func eventQueue(
        _ name: String, _ patterns: [EventPattern]
    ) throws(PluginRefusal.Reason) -> HandlerQueue {
        if let queue = state.withLock({ $0.eventQueues[name] }) {
            bus.refresh(queue, events: patterns)
            return queue
        }
        let queue = HandlerQueue(id: "plugin:\(name)", clock: bus.clock)
        do { try bus.attach(queue, to: patterns) } catch { throw .clash(error.description) }
        state.withLock { $0.eventQueues[name] = queue }
        return queue
    }

    private func updateQueue(_ name: String) -> StreamQueue {
        if let queue = state.withLock({ $0.updateQueues[name] }) { return queue }
        let queue = StreamQueue(id: "plugin:\(name)")
        registry.addTap(queue.id, queue)
        state.withLock { $0.updateQueues[name] = queue }
        return queue
    }

    /// Nothing more comes to the instance of this name, but for what `kinds` a successor takes; what was under
    /// way has been queued when this returns.
    func detach(_ name: String, keeping kinds: PluginKinds = []) {
        let (events, updates) = state.withLock { state in
            (
                kinds.contains(.handler) ? nil : state.eventQueues.removeValue(forKey: name),
                kinds.contains(.stream) ? nil : state.updateQueues.removeValue(forKey: name)
            )
        }
        if let events { bus.detach(events.id) }
        if let updates { registry.removeTap(updates.id) }
        if events != nil || updates != nil { _ = ReadSection.synchronize(timeout: .seconds(1)) }
    }

    // MARK: Telling

    func tell(_ word: String, _ instance: PluginInstance, _ measurements: Measurements) {
        guard let name = try? EventName("agent.plugin.\(word)") else { return }
        var measurements = measurements
        measurements["count"] = 1
        bus.execute(
            name, measurements,
            [
                "plugin": .string(instance.spec.name), "id": .string(instance.description.id),
                "version": .string(instance.description.version),
                "file": .string(instance.library.file),
            ])
    }

    func tell(_ refusal: PluginRefusal, _ spec: PluginSpec) {
        bus.execute(
            "agent.plugin.refused", ["count": 1],
            [
                "plugin": .string(spec.name), "reason": .string(refusal.code),
                "message": .string(refusal.description),
            ])
    }
}
