import CAgentPlugin
import Telemetry

/// Polls a plugin at its interval.
///
/// `@unchecked Sendable`: its state is touched on the instance's thread alone.
final class PollJob: InstanceJob, @unchecked Sendable {
    private let call: PluginCall
    private let table: agent_poll_v1
    private let watch: CallWatch
    private let timeout: Int64
    private var schedule: PollSchedule

    init(
        _ call: PluginCall, _ table: agent_poll_v1, watch: CallWatch, interval: Int64,
        timeout: Int64
    ) {
        self.call = call
        self.table = table
        self.watch = watch
        self.timeout = timeout
        schedule = PollSchedule(interval: interval, now: MonotonicTime.now)
    }

    var due: Int64? { schedule.due }

    func run(now: Int64) {
        let deadline = MonotonicTime.after(timeout, from: now)
        let ((status, text), isOverrun) = watch.watch(deadline: deadline) {
            ErrorBuffer.call { error in
                table.poll?(call.instance, call.host.table, EmitService.permanent, deadline, error)
                    ?? AGENT_UNSUPPORTED
            }
        }
        let succeeded = status >= 0 && !isOverrun
        call.counters.withLock { counters in
            counters.polls += 1
            if !succeeded { counters.pollFailures += 1 }
            if isOverrun { counters.overruns += 1 }
        }
        if status < 0 { call.report("poll", status, text) }
        if succeeded {
            call.services.status.observe(.poll, .ok, "")
        } else {
            let why = isOverrun ? "it took longer than its timeout" : text
            call.services.status.observe(
                .poll, .degraded, "the last poll failed: \(why.isEmpty ? statusWord(status) : why)")
        }
        schedule.finished(succeeded: succeeded, now: MonotonicTime.now)
    }

    func finish(deadline: Int64, isReplaced: Bool) {}
}
