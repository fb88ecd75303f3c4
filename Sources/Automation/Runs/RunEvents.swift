import Repo
import Telemetry

/// The events of runs, prepared.
///
/// Source: docs/events.md
struct RunEvents: Sendable {
    private let created: PreparedEvent<1, 5>
    private let chunk: PreparedEvent<1, 5>
    private let start: PreparedEvent<2, 4>
    private let stop: PreparedEvent<3, 5>
    private let stopWithCode: PreparedEvent<3, 6>
    private let error: PreparedEvent<2, 6>

    init(_ bus: TelemetryBus, prefix: EventName) {
        created = PreparedEvent(
            bus, prefix.appending("run.created"), measurements: ["count"],
            metadata: ["run_id", "device_id", "protocol", "site", "requested_by"])
        chunk = PreparedEvent(
            bus, prefix.appending("run.chunk"), measurements: ["bytes"],
            metadata: ["run_id", "device_id", "protocol", "site", "seq"])
        start = PreparedEvent(
            bus, prefix.appending("runner.start"), measurements: ["system_time", "queue_time"],
            metadata: ["run_id", "device_id", "protocol", "site"])
        stop = PreparedEvent(
            bus, prefix.appending("runner.stop"), measurements: ["duration", "bytes", "chunks"],
            metadata: ["run_id", "device_id", "protocol", "site", "status"])
        stopWithCode = PreparedEvent(
            bus, prefix.appending("runner.stop"), measurements: ["duration", "bytes", "chunks"],
            metadata: ["run_id", "device_id", "protocol", "site", "status", "exit_code"])
        error = PreparedEvent(
            bus, prefix.appending("runner.error"), measurements: ["duration", "bytes"],
            metadata: ["run_id", "device_id", "protocol", "site", "kind", "reason"])
    }

    func created(_ run: Run) {
        created.emit(
            [1], [run.id.text, run.deviceID, run.protocolName, run.site, run.requestedBy])
    }

    func chunk(_ piece: RunChunk, of run: Run) {
        chunk.emit(
            [.integer(Int64(piece.bytes.count))],
            [run.id.text, run.deviceID, run.protocolName, run.site, String(piece.seq)])
    }

    func started(_ run: Run) {
        let started = run.startedAt ?? run.createdAt
        start.emit(
            [.integer(started), .integer(max(0, started - run.createdAt))],
            [run.id.text, run.deviceID, run.protocolName, run.site])
    }

    /// - Parameter duration: by a clock that does not jump, in nanoseconds.
    func ended(_ run: Run, _ ending: RunLifecycle.Ending, duration: Int64) {
        switch ending {
        case .failed(let kind, let reason):
            error.emit(
                [.integer(duration), .integer(run.bytes)],
                [run.id.text, run.deviceID, run.protocolName, run.site, kind, reason])
        case .stopped:
            guard let code = run.exitCode else {
                stop.emit(
                    [.integer(duration), .integer(run.bytes), .integer(run.chunks)],
                    [run.id.text, run.deviceID, run.protocolName, run.site, run.status.rawValue])
                return
            }
            stopWithCode.emit(
                [.integer(duration), .integer(run.bytes), .integer(run.chunks)],
                [
                    run.id.text, run.deviceID, run.protocolName, run.site, run.status.rawValue,
                    String(code),
                ])
        }
    }
}
