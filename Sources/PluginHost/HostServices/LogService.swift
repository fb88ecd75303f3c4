import CAgentPlugin
import Telemetry

/// agent.host.log/1
enum LogService {
    static var table: agent_host_log_v1 {
        agent_host_log_v1(
            size: UInt32(MemoryLayout<agent_host_log_v1>.size), reserved: 0,
            enabled: { host, level in
                HostContext.with(host) { context in
                    level >= context.log.minimum().rawValue ? 1 : 0
                } ?? 0
            },
            write: { host, level, message, fields, count in
                _ = HostContext.with(host) { context in
                    LogService.write(context, level, message, fields, count)
                }
            })
    }

    static let maximumMessage = 16 << 10
    static let maximumFields = 64

    private static func write(
        _ context: HostContext, _ level: UInt32, _ message: agent_str,
        _ fields: UnsafePointer<agent_pair>?, _ count: UInt32
    ) {
        let level = PluginLogEntry.Level(rawValue: level) ?? (level == 0 ? .debug : .error)
        guard level >= context.log.minimum() else { return }
        var pairs: [(name: String, value: String)] = []
        if let fields {
            for field in UnsafeBufferPointer(start: fields, count: min(Int(count), maximumFields)) {
                pairs.append((name: lenient(field.name), value: lenient(field.value)))
            }
        }
        context.log(level, context.name, lenient(message), pairs)
    }

    /// A log takes what it gets: cut to what is sensible, with bad UTF-8 replaced.
    static func lenient(_ text: agent_str, limit: Int = maximumMessage) -> String {
        guard let data = text.data else { return "" }
        let count = Int(min(text.size, UInt64(limit)))
        return String(
            decoding: UnsafeRawBufferPointer(start: data, count: count), as: UTF8.self)
    }
}

/// agent.host.clock/1
enum ClockService {
    static var table: agent_host_clock_v1 {
        agent_host_clock_v1(
            size: UInt32(MemoryLayout<agent_host_clock_v1>.size), reserved: 0,
            monotonic_ns: { host in HostContext.with(host) { $0.clock.monotonic() } ?? 0 },
            system_ns: { host in HostContext.with(host) { $0.clock.system() } ?? 0 })
    }
}
