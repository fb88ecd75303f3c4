import CAgentPlugin
import Telemetry

/// Calls an exporter on its schedule, and makes what it answers known.
///
/// `@unchecked Sendable`: its state is touched on the instance's thread alone.
final class ExporterJob: InstanceJob, @unchecked Sendable {
    private let call: PluginCall
    private let table: agent_exporter_v1
    private let bus: TelemetryBus
    private let watch: CallWatch
    private let timeout: Int64
    private var schedule: ExporterSchedule

    init(
        _ call: PluginCall, _ table: agent_exporter_v1, bus: TelemetryBus, watch: CallWatch,
        interval: Int64, timeout: Int64
    ) {
        self.call = call
        self.table = table
        self.bus = bus
        self.watch = watch
        self.timeout = timeout
        schedule = ExporterSchedule(interval: interval, now: MonotonicTime.now)
    }

    var due: Int64? { schedule.due }

    func run(now: Int64) {
        var dropped = schedule.began(now: now)
        let result = export(deadline: MonotonicTime.after(timeout, from: now))
        dropped += schedule.finished(
            result, now: MonotonicTime.now, jitter: .random(in: 0...1))
        call.counters.withLock { $0.exportsDropped += UInt64(clamping: dropped) }
    }

    func finish(deadline: Int64, isReplaced: Bool) {
        // A successor exports what there is; one that gave up for good is not asked again.
        guard !isReplaced, schedule.due != nil else { return }
        let result = export(deadline: min(deadline, MonotonicTime.after(timeout)))
        if case .retry = result { call.counters.withLock { $0.exportsDropped += 1 } }
    }

    // MARK: One export

    private struct Answer {
        var result: ExportResult
        var word: String
        var text: String
        var table: agent_export_result
    }

    /// A call that failed without saying what became of the export.
    private struct ExportFailed: Error, CustomStringConvertible {
        let answer: Answer
        var description: String { answer.text.isEmpty ? answer.word : answer.text }
    }

    private func export(deadline: Int64) -> ExportResult {
        let snapshot = call.services.snapshots.take()
        let started = MonotonicTime.now
        let answer: Answer
        do throws(ExportFailed) {
            answer = try bus.span(
                "agent.exporter.export", ["plugin": .string(call.name)]
            ) { () throws(ExportFailed) in
                let answer = ask(snapshot, deadline)
                guard answer.word != "error" else { throw ExportFailed(answer: answer) }
                return SpanResult(
                    answer,
                    measurements: [
                        "bytes": Measurement.integer(Int64(clamping: answer.table.bytes)),
                        "samples": Measurement.integer(Int64(clamping: answer.table.accepted)),
                        "rejected": Measurement.integer(Int64(clamping: answer.table.rejected)),
                    ], metadata: ["result": .string(answer.word)])
            }
        } catch { answer = error.answer }
        note(answer, took: MonotonicTime.now - started)
        return answer.result
    }

    private func ask(_ snapshot: PluginSnapshot, _ deadline: Int64) -> Answer {
        var table = agent_export_result()
        table.size = UInt32(MemoryLayout<agent_export_result>.size)
        let ((status, text), isOverrun) = watch.watch(deadline: deadline) {
            ErrorBuffer.call { error in
                self.table.export_snapshot?(
                    call.instance, snapshot.opaque, deadline, &table, error) ?? AGENT_UNSUPPORTED
            }
        }
        if isOverrun {
            call.counters.withLock { $0.overruns += 1 }
            call.log(.warning, call.name, "an export came back after its deadline")
        }
        withExtendedLifetime(snapshot) {}
        if status < 0 { call.report("export", status, text) }
        let (result, word) = Self.read(status, table)
        return Answer(result: result, word: word, text: text, table: table)
    }

    /// What an answer means; a negative status or an outcome the host does not know is a retry.
    static func read(
        _ status: agent_status, _ table: agent_export_result
    ) -> (ExportResult, word: String) {
        guard status >= 0 else { return (.retry(after: table.retry_after_ns), "error") }
        switch table.outcome {
        case AGENT_EXPORT_OK: return (.ok, "ok")
        case AGENT_EXPORT_PARTIAL: return (.partial, "partial")
        case AGENT_EXPORT_REJECT: return (.reject, "reject")
        case AGENT_EXPORT_FATAL: return (.fatal, "fatal")
        default: return (.retry(after: table.retry_after_ns), "retry")
        }
    }

    private func note(_ answer: Answer, took: Int64) {
        call.counters.withLock { counters in
            counters.exports[answer.word, default: 0] += 1
            let isDelivered = ["ok", "partial"].contains(answer.word)
            counters.exportFailuresInRow = isDelivered ? 0 : counters.exportFailuresInRow &+ 1
            counters.exportBytes &+= answer.table.bytes
            counters.samplesAccepted &+= answer.table.accepted
            counters.samplesRejected &+= answer.table.rejected
            counters.exportNanoseconds &+= took
        }
        let why = answer.text.isEmpty ? "no reason given" : answer.text
        switch answer.result {
        case .ok: call.services.status.observe(.export, .ok, "")
        case .retry:
            call.services.status.observe(.export, .degraded, "an export is being retried: \(why)")
        case .partial:
            call.services.status.observe(
                .export, .degraded, "\(answer.table.rejected) samples were refused: \(why)")
        case .reject:
            call.services.status.observe(.export, .degraded, "an export was refused: \(why)")
        case .fatal:
            call.services.status.observe(.export, .failed, "cannot export as configured: \(why)")
            bus.execute(
                "agent.plugin.failed", ["count": 1],
                [
                    "plugin": .string(call.name), "reason": "export_fatal",
                    "message": .string(
                        "it cannot export as configured and is not called again: \(why)"),
                ])
        }
    }
}
