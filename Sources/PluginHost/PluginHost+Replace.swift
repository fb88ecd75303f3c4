import MetricRegistry
import Telemetry

extension PluginHost {
    /// Replaces a running instance by a new one of the same name, from the same or another library and with
    /// the same or other settings; starts it where none of that name runs.
    ///
    /// The new image is loaded beside the old one, the new instance created and its service started; only then
    /// metrics, events and routes are switched over, and the old instance is drained and destroyed. Metrics
    /// declared in the same words keep their series, and queued events go to the new instance: no count is
    /// lost. Whatever fails on the way, the old instance goes on.
    ///
    /// - Parameter image: bytes that were loaded before, to be run again whatever the file has become
    package func replace(_ spec: PluginSpec, image: PluginImageHash? = nil) async -> PluginOutcome {
        let old = state.withLock { state in state.instances.first { $0.spec.name == spec.name } }
        guard old != nil else {
            return await start([spec]).first
                ?? PluginOutcome(
                    name: spec.name, isRequired: spec.isRequired,
                    result: .failure(
                        PluginRefusal(file: spec.library.file, reason: .notFound(directories: []))))
        }
        return await OSThread.run("plugin-replace") { self.replaceOne(spec, image) }
    }

    /// The same library file again, as it is now.
    package func replace(name: String) async -> PluginOutcome? {
        let spec = state.withLock { state in
            state.instances.first { $0.spec.name == name }?.spec
        }
        guard let spec else { return nil }
        return await replace(spec)
    }

    private func replaceOne(_ spec: PluginSpec, _ image: PluginImageHash?) -> PluginOutcome {
        control.withLock { _ in
            do throws(PluginRefusal) {
                guard
                    let old = state.withLock({ state in
                        state.instances.first { $0.spec.name == spec.name }
                    })
                else {
                    throw PluginRefusal(
                        file: spec.library.file, reason: .notFound(directories: []))
                }
                let new = try makeInstance(
                    spec, counters: old.counters, replaces: true, image: image)
                try checkIdentity(new, replacing: old)
                try switchOver(from: old, to: new)
                retire(old, successor: new)
                tell("replaced", new, [:])
                return PluginOutcome(
                    name: spec.name, isRequired: spec.isRequired,
                    result: .success(new.description))
            } catch {
                tell(error, spec)
                return PluginOutcome(
                    name: spec.name, isRequired: spec.isRequired, result: .failure(error))
            }
        }
    }

    private func switchOver(
        from old: PluginInstance, to new: PluginInstance
    ) throws(PluginRefusal) {
        try begin(new) { patterns, routes throws(PluginRefusal.Reason) in
            try self.checkRoutes(routes, besides: old)
            try self.checkMetrics(new)
            let queues = try self.attach(new, patterns)
            try self.declare(new)
            self.state.withLock { state in
                for index in state.instances.indices where state.instances[index] === old {
                    state.instances[index] = new
                }
            }
            return queues
        }
    }

    private func retire(_ old: PluginInstance, successor: PluginInstance) {
        let deadline = MonotonicTime.after(settings.drainTime.nanoseconds)
        let isStopped = old.end(deadline: deadline, isReplaced: true) {
            self.detach(old.spec.name, keeping: successor.kinds)
        }
        if !isStopped { state.withLock { $0.abandoned += 1 } }
    }
}
