import CAgentPlugin

/// The agent's log; messages are marked with the instance's name. Never a secret.
public struct HostLog: @unchecked Sendable {
    // Constant pointers to a table whose functions may be called from any thread.
    let raw: UnsafePointer<agent_host>
    let table: UnsafePointer<agent_host_log_v1>?

    public enum Level: UInt32, Sendable {
        case debug = 1
        case info
        case warning
        case error
    }

    public func debug(
        _ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]
    ) {
        write(.debug, message(), fields)
    }

    public func info(
        _ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]
    ) {
        write(.info, message(), fields)
    }

    public func warning(
        _ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]
    ) {
        write(.warning, message(), fields)
    }

    public func error(
        _ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]
    ) {
        write(.error, message(), fields)
    }

    /// Whether messages of this level are written.
    public func isEnabled(_ level: Level) -> Bool {
        table?.pointee.enabled(raw, level.rawValue) == 1
    }

    private func write(
        _ level: Level, _ message: @autoclosure () -> String,
        _ fields: KeyValuePairs<String, String>
    ) {
        guard let table, isEnabled(level) else { return }
        StaticMemory.lending { memory in
            let pairs = fields.map { memory.pair($0.key, $0.value) }
            table.pointee.write(
                raw, level.rawValue, memory.text(message()), pairs, UInt32(pairs.count))
        }
    }
}

/// The host's clocks; tests move them by hand.
public struct HostClock: @unchecked Sendable {
    // Constant pointers to a table whose functions may be called from any thread.
    let raw: UnsafePointer<agent_host>
    let table: UnsafePointer<agent_host_clock_v1>?

    /// Nanoseconds on the clock of deadlines; 0 without a clock.
    public var monotonicNanoseconds: Int64 { table?.pointee.monotonic_ns(raw) ?? 0 }

    /// Nanoseconds since 1970; 0 without a clock.
    public var systemNanoseconds: Int64 { table?.pointee.system_ns(raw) ?? 0 }
}

/// How the instance is doing, shown to operators. Never a secret.
public struct HostStatus: @unchecked Sendable {
    // Constant pointers to a table whose functions may be called from any thread.
    let raw: UnsafePointer<agent_host>
    let table: UnsafePointer<agent_host_status_v1>?

    public enum State: Sendable {
        case ok
        /// It works, but not as it should.
        case degraded(why: String)
        case failed(why: String)
    }

    public func set(_ state: State) {
        switch state {
        case .ok: set(AGENT_STATUS_OK, "")
        case .degraded(let why): set(AGENT_STATUS_DEGRADED, why)
        case .failed(let why): set(AGENT_STATUS_FAILED, why)
        }
    }

    private func set(_ status: UInt32, _ why: String) {
        guard let table else { return }
        viewed(why) { table.pointee.set(raw, status, $0) }
    }
}
