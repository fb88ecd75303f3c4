import CAgentPlugin
import MetricRegistry
import Telemetry

/// Hands queued updates to a stream, in the batches it likes; brings a batch again that was not taken.
///
/// `@unchecked Sendable`: its state is touched on the instance's thread alone.
final class StreamJob: InstanceJob, @unchecked Sendable {
    /// How often one batch is brought before it counts as dropped.
    static let attempts = 5
    static let firstPause: Int64 = 100_000_000

    private let call: PluginCall
    private let table: agent_stream_v1
    private let queue: BatchQueue<SampleBatch>
    private let watch: CallWatch
    private let registry: MetricRegistry
    private let views: FamilyViews
    private let filter: SnapshotFilter
    private let clock: TelemetryClock
    private let interval: Int64
    private let timeout: Int64
    private var batch = SampleBatch()
    private var families: [MetricName: FamilyView] = [:]
    /// What of `batch` has been dealt with.
    private var position = 0
    private var attempt = 0
    private var retryAt: Int64?
    private var isOver = false
    private var loss = RecentLoss()

    let batchSize: Int

    init(
        _ call: PluginCall, _ table: agent_stream_v1, queue: StreamQueue, watch: CallWatch,
        registry: MetricRegistry, views: FamilyViews, filter: SnapshotFilter,
        clock: TelemetryClock, timeout: Int64
    ) {
        self.call = call
        self.table = table
        self.queue = queue.samples
        self.watch = watch
        self.registry = registry
        self.views = views
        self.filter = filter
        self.clock = clock
        self.timeout = timeout
        batchSize = table.batch == 0 ? 256 : min(Int(table.batch), 8192)
        interval = table.interval_ns > 0 ? table.interval_ns : 1_000_000_000
    }

    var due: Int64? {
        retryAt
            ?? [queue.due(count: batchSize, interval: interval), loss.until].compactMap { $0 }
            .min()
    }

    func run(now: Int64) {
        if retryAt == nil { take() }
        retryAt = nil
        push(until: .max)
        if loss.until != nil, !loss.isRecent(now: MonotonicTime.now), retryAt == nil, !isOver {
            call.services.status.observe(.stream, .ok, "")
        }
    }

    func finish(deadline: Int64, isReplaced: Bool) {
        // What was taken is this instance's to deliver; what waits in the queue a successor's, if there is one.
        retryAt = nil
        push(until: deadline)
        while queue.isRead(by: self), retryAt == nil, queue.waiting != nil,
            MonotonicTime.now < deadline
        {
            take()
            push(until: deadline)
        }
        drop(position..<batch.count, "the agent stopped before they could be sent")
    }

    private func take() {
        let dropped = queue.take(&batch)
        lost(dropped, "more came than could be sent")
        position = 0
        attempt = 0
        guard !isOver else { return drop(0..<batch.count, "they cannot be sent as configured") }
        let definitions = registry.definitions
        families = Dictionary(
            definitions.map { ($0.definition.name, views.view(of: $0.definition)) }
        ) { first, _ in first }
        if !filter.isEmpty {
            batch.keep { record, labels in
                filter.accepts(family: record.metric.description) { name in
                    RenderedLabels.value(of: name, in: labels)
                }
            }
        }
    }

    private func push(until deadline: Int64) {
        let tables = families.mapValues(\.pointer)
        while position < batch.count, retryAt == nil, !isOver, MonotonicTime.now < deadline {
            let range = position..<min(position + batchSize, batch.count)
            let end = min(deadline, MonotonicTime.after(timeout))
            deal(range, ask(range, tables, deadline: end))
        }
        withExtendedLifetime(families) {}
    }

    private struct Answer {
        let status: agent_status
        let text: String
        let table: agent_export_result
    }

    private func ask(
        _ range: Range<Int>, _ tables: [MetricName: UnsafePointer<agent_family>], deadline: Int64
    ) -> Answer {
        var result = agent_export_result()
        result.size = UInt32(MemoryLayout<agent_export_result>.size)
        let ((status, text), isOverrun) = watch.watch(deadline: deadline) {
            ErrorBuffer.call { error in
                batch.withSamples(range, time: clock.system(), families: tables) { samples, count in
                    guard count > 0 else { return AGENT_OK }
                    return table.push?(call.instance, samples, count, deadline, &result, error)
                        ?? AGENT_UNSUPPORTED
                }
            }
        }
        if isOverrun { call.counters.withLock { $0.overruns += 1 } }
        if status < 0 { call.report("streaming", status, text) }
        return Answer(status: status, text: text, table: result)
    }

    private func deal(_ range: Range<Int>, _ answer: Answer) {
        let (result, word) = ExporterJob.read(answer.status, answer.table)
        let why = answer.text.isEmpty ? "no reason given" : answer.text
        call.counters.withLock { counters in
            counters.exports[word, default: 0] += 1
            let isDelivered = ["ok", "partial"].contains(word)
            counters.pushFailuresInRow = isDelivered ? 0 : counters.pushFailuresInRow &+ 1
            counters.exportBytes &+= answer.table.bytes
            counters.samplesAccepted &+= answer.table.accepted
            counters.samplesRejected &+= answer.table.rejected
        }
        switch result {
        case .ok, .partial:
            let updates = batch.updates(in: range)
            call.counters.withLock { $0.samplesStreamed &+= updates }
            if result == .partial || !loss.isRecent(now: MonotonicTime.now) {
                call.services.status.observe(
                    .stream, result == .ok ? .ok : .degraded, "some samples were refused: \(why)")
            }
            advance(to: range.upperBound)
        case .reject:
            call.services.status.observe(.stream, .degraded, "samples were refused: \(why)")
            drop(range, "they were refused: \(why)")
            advance(to: range.upperBound)
        case .retry(let after):
            call.services.status.observe(.stream, .degraded, "samples wait to be sent: \(why)")
            attempt += 1
            if attempt < Self.attempts {
                let pause = max(Self.firstPause << Int64(attempt - 1), after)
                retryAt = MonotonicTime.after(pause)
            } else {
                drop(range, "they were not taken: \(why)")
                advance(to: range.upperBound)
            }
        case .fatal:
            call.services.status.observe(.stream, .failed, "cannot stream as configured: \(why)")
            call.log(
                .error, call.name, "cannot stream as configured and is not called again: \(why)")
            isOver = true
            drop(position..<batch.count, "they cannot be sent as configured")
            advance(to: batch.count)
            queue.rest(until: .max)
        }
    }

    private func advance(to end: Int) {
        position = end
        attempt = 0
    }

    private func drop(_ range: Range<Int>, _ why: String) {
        lost(batch.updates(in: range), why)
        position = batch.count
    }

    private func lost(_ updates: UInt64, _ why: String) {
        guard updates > 0 else { return }
        call.counters.withLock { $0.samplesDropped &+= updates }
        let news = loss.note(updates, now: MonotonicTime.now)
        guard !isOver else { return }
        call.services.status.observe(.stream, .degraded, "updates were lost: \(why)")
        if let news { call.log(.warning, call.name, "\(news) updates were lost: \(why)") }
    }
}

/// Labels as the registry renders them: `site="chi1",status="ok"`, with `\\`, `\"` and `\n` escaped.
enum RenderedLabels {
    /// The unescaped value of a label; nil where there is none of that name.
    static func value(of name: String, in text: ArraySlice<UInt8>) -> String? {
        var rest = text
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let found = rest[rest.startIndex..<equals].elementsEqual(name.utf8)
            var value: [UInt8] = []
            // Behind `="`.
            var index = equals + 2
            while index < rest.endIndex, rest[index] != UInt8(ascii: "\"") {
                if rest[index] == UInt8(ascii: "\\"), index + 1 < rest.endIndex {
                    index += 1
                    value.append(
                        rest[index] == UInt8(ascii: "n") ? UInt8(ascii: "\n") : rest[index])
                } else {
                    value.append(rest[index])
                }
                index += 1
            }
            if found { return String(decoding: value, as: UTF8.self) }
            // Behind `",`.
            guard index + 2 <= rest.endIndex else { return nil }
            rest = rest[(index + 2)...]
        }
        return nil
    }
}
