import CAgentPlugin
import MetricRegistry
import Telemetry

/// Where what comes to an instance on its own is taken from.
struct InstanceQueues {
    var events: HandlerQueue?
    var updates: StreamQueue?
}

/// Makes the work of an instance from what its plugin offers and its configuration says.
struct JobMaker {
    let call: PluginCall
    let spec: PluginSpec
    let interfaces: PluginInterfaces
    let watch: CallWatch
    let bus: TelemetryBus
    let registry: MetricRegistry
    let views: FamilyViews

    func jobs(_ queues: InstanceQueues, for worker: InstanceWorker) -> [any InstanceJob] {
        let jobs: [(any InstanceJob)?] = [
            poll(), exporter(), handler(queues.events, worker), stream(queues.updates, worker),
        ]
        return jobs.compactMap { $0 }
    }

    private func poll() -> PollJob? {
        guard let table = interfaces.poll else { return nil }
        return PollJob(
            call, table, watch: watch, interval: interval(table.interval_ns),
            timeout: timeout(table.timeout_ns))
    }

    private func exporter() -> ExporterJob? {
        guard let table = interfaces.exporter else { return nil }
        return ExporterJob(
            call, table, bus: bus, watch: watch, interval: interval(table.interval_ns),
            timeout: timeout(table.timeout_ns))
    }

    private func handler(_ queue: HandlerQueue?, _ worker: InstanceWorker) -> HandlerJob? {
        guard let table = interfaces.handler, let queue else { return nil }
        let job = HandlerJob(call, table, queue: queue, watch: watch)
        queue.events.read(by: job, on: worker, wakeAt: job.batchSize)
        return job
    }

    private func stream(_ queue: StreamQueue?, _ worker: InstanceWorker) -> StreamJob? {
        guard let table = interfaces.stream, let queue else { return nil }
        let job = StreamJob(
            call, table, queue: queue, watch: watch, registry: registry, views: views,
            filter: spec.filter, clock: bus.clock, timeout: timeout(0))
        queue.samples.read(by: job, on: worker, wakeAt: job.batchSize)
        return job
    }

    private func interval(_ plugin: Int64) -> Int64 {
        InstanceDefaults.choose(spec.interval, plugin, InstanceDefaults.interval)
    }

    private func timeout(_ plugin: Int64) -> Int64 {
        InstanceDefaults.choose(spec.timeout, plugin, InstanceDefaults.timeout)
    }
}
