import CAgentPlugin

/// A plugin that sends snapshots somewhere. The host owns schedule, retry and drops.
public protocol ExporterPlugin: Plugin {
    /// The configuration's `interval` overrides it.
    static var exportInterval: Duration { get }

    /// The configuration's `timeout` overrides it.
    static var exportTimeout: Duration { get }

    /// Sends one snapshot, which is valid until this returns. An error thrown counts as
    /// ``ExportOutcome/retry(after:why:)``. [instance]
    func export(_ snapshot: Snapshot, before deadline: Deadline) throws -> ExportOutcome
}

/// What became of an export.
public enum ExportOutcome: Sendable {
    /// All of it arrived. `samples` are series of a snapshot, updates of a stream.
    case delivered(samples: Int, bytes: Int)
    /// Nothing was taken for now.
    case retry(after: Duration = .zero, why: String)
    /// What was rejected will never be taken.
    case partial(accepted: Int, rejected: Int, bytes: Int, why: String)
    /// The receiver refused it for good; the next snapshot may fare better.
    case rejected(why: String)
    /// This instance cannot work as configured: it is not called again and is shown as failed.
    case fatal(why: String)

    func write(
        to result: UnsafeMutablePointer<agent_export_result>?,
        _ error: UnsafeMutablePointer<agent_error>?
    ) -> agent_status {
        guard let result else { return AGENT_INVALID }
        switch self {
        case .delivered(let samples, let bytes):
            result.pointee.outcome = AGENT_EXPORT_OK
            result.pointee.accepted = UInt64(clamping: samples)
            result.pointee.bytes = UInt64(clamping: bytes)
        case .retry(let after, let why):
            result.pointee.outcome = AGENT_EXPORT_RETRY
            result.pointee.retry_after_ns = after.nanoseconds
            _ = fail(error, AGENT_OK, why)
        case .partial(let accepted, let rejected, let bytes, let why):
            result.pointee.outcome = AGENT_EXPORT_PARTIAL
            result.pointee.accepted = UInt64(clamping: accepted)
            result.pointee.rejected = UInt64(clamping: rejected)
            result.pointee.bytes = UInt64(clamping: bytes)
            _ = fail(error, AGENT_OK, why)
        case .rejected(let why):
            result.pointee.outcome = AGENT_EXPORT_REJECT
            _ = fail(error, AGENT_OK, why)
        case .fatal(let why):
            result.pointee.outcome = AGENT_EXPORT_FATAL
            _ = fail(error, AGENT_OK, why)
        }
        return AGENT_OK
    }
}

extension ExporterPlugin {
    public static var exportInterval: Duration { .seconds(10) }
    public static var exportTimeout: Duration { .seconds(5) }

    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_exporter_v1(
                    size: UInt32(MemoryLayout<agent_exporter_v1>.size), reserved: 0,
                    interval_ns: exportInterval.nanoseconds, timeout_ns: exportTimeout.nanoseconds,
                    export_snapshot: { instance, snapshot, deadline, result, error in
                        answering(error) {
                            let instance = try Instance.at(instance)
                            guard let exporter = instance.exporter else { return AGENT_INVALID }
                            let outcome = try exporter.export(
                                instance.host.snapshot(snapshot),
                                before: Deadline(nanoseconds: deadline))
                            return outcome.write(to: result, error)
                        }
                    })))
    }
}
