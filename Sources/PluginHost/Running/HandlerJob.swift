import CAgentPlugin
import Telemetry

/// Hands queued events to a handler, in the batches it likes.
///
/// `@unchecked Sendable`: its state is touched on the instance's thread alone.
final class HandlerJob: InstanceJob, @unchecked Sendable {
    private let call: PluginCall
    private let table: agent_handler_v1
    private let queue: BatchQueue<EventBatch>
    private let watch: CallWatch
    private let interval: Int64
    private var budget = CallBudget()
    private var batch = EventBatch()
    private var loss = RecentLoss()

    let batchSize: Int

    init(_ call: PluginCall, _ table: agent_handler_v1, queue: HandlerQueue, watch: CallWatch) {
        self.call = call
        self.table = table
        self.queue = queue.events
        self.watch = watch
        batchSize = table.batch == 0 ? 256 : min(Int(table.batch), 4096)
        interval = table.interval_ns > 0 ? table.interval_ns : 1_000_000_000
    }

    var due: Int64? {
        [queue.due(count: batchSize, interval: interval), loss.until].compactMap { $0 }.min()
    }

    func run(now: Int64) {
        let dropped = queue.take(&batch)
        lost(dropped, "more came than it could handle")
        deliver()
        if loss.until != nil, !loss.isRecent(now: MonotonicTime.now),
            !budget.isResting(MonotonicTime.now)
        {
            call.services.status.observe(.handler, .ok, "")
        }
    }

    func finish(deadline: Int64, isReplaced: Bool) {
        // A successor goes on with the queue.
        guard queue.isRead(by: self), !budget.isResting(MonotonicTime.now) else { return }
        repeat { run(now: MonotonicTime.now) } while batch.count > 0 && MonotonicTime.now < deadline
    }

    private func deliver() {
        var start = 0
        while start < batch.count {
            let range = start..<min(start + batchSize, batch.count)
            start = range.upperBound
            guard !budget.isResting(MonotonicTime.now) else {
                lost(UInt64(range.count), "its handler rests after failures")
                continue
            }
            let deadline = MonotonicTime.after(InstanceDefaults.timeout)
            let ((status, text), isOverrun) = watch.watch(deadline: deadline) {
                ErrorBuffer.call { error in
                    batch.withEvents(range) { events, count in
                        table.on_events?(call.instance, events, count, error) ?? AGENT_UNSUPPORTED
                    }
                }
            }
            if isOverrun { call.counters.withLock { $0.overruns += 1 } }
            if status >= 0 { succeeded(range.count) } else { failed(range.count, status, text) }
        }
    }

    private func succeeded(_ count: Int) {
        budget.succeeded()
        call.counters.withLock { $0.eventsDelivered += UInt64(count) }
        guard !loss.isRecent(now: MonotonicTime.now) else { return }
        call.services.status.observe(.handler, .ok, "")
    }

    private func lost(_ events: UInt64, _ why: String) {
        guard events > 0 else { return }
        call.counters.withLock { $0.eventsDropped &+= events }
        let news = loss.note(events, now: MonotonicTime.now)
        if let news { call.log(.warning, call.name, "\(news) events were lost: \(why)") }
        guard !budget.isResting(MonotonicTime.now) else { return }
        call.services.status.observe(.handler, .degraded, "events were lost: \(why)")
    }

    private func failed(_ count: Int, _ status: agent_status, _ text: String) {
        call.counters.withLock { counters in
            counters.handlerFailures += 1
            counters.eventsDropped += UInt64(count)
        }
        call.report("handling events", status, text)
        guard budget.failed(now: MonotonicTime.now) else { return }
        queue.rest(until: budget.restsUntil ?? 0)
        call.services.status.observe(
            .handler, .degraded,
            "its handler failed \(CallBudget.failures) times in a row and rests: "
                + (text.isEmpty ? statusWord(status) : text))
    }
}
