import CAgentPlugin
import Telemetry

/// How an instance is doing, as it or the host says.
package struct PluginStatus: Hashable, Sendable {
    package enum Level: UInt32, Hashable, Sendable, Comparable {
        case ok = 0
        case degraded, failed

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    package var level: Level
    /// One sentence; empty while all is well.
    package var why: String
    /// Since when, nanoseconds since 1970.
    package var since: Int64
}

/// The status an instance reports of itself, and the one the host sees; the worse one is shown.
final class StatusCell: Sendable {
    private struct State {
        var own: PluginStatus
        var seen: [Subject: PluginStatus] = [:]
    }

    /// What the host judges by.
    enum Subject: Hashable { case export, poll, handler, stream, life }

    private let clock: TelemetryClock
    private let state: Guarded<State>

    init(clock: TelemetryClock) {
        self.clock = clock
        state = Guarded(State(own: PluginStatus(level: .ok, why: "", since: clock.system())))
    }

    var current: PluginStatus {
        state.withLock { state in
            state.seen.values.reduce(state.own) { worst, next in
                next.level > worst.level ? next : worst
            }
        }
    }

    /// What the plugin says.
    func report(_ level: PluginStatus.Level, _ why: String) {
        state.withLock { set(&$0.own, level, why) }
    }

    /// What the host sees of its calls.
    func observe(_ subject: Subject, _ level: PluginStatus.Level, _ why: String) {
        state.withLock { state in
            let fine = PluginStatus(level: .ok, why: "", since: state.own.since)
            set(&state.seen[subject, default: fine], level, why)
        }
    }

    private func set(_ status: inout PluginStatus, _ level: PluginStatus.Level, _ why: String) {
        let why = level == .ok ? "" : why
        // The same again keeps the time since when.
        guard status.level != level || status.why != why else { return }
        let since = status.level == level ? status.since : clock.system()
        status = PluginStatus(level: level, why: why, since: since)
    }
}

/// agent.host.status/1
enum StatusService {
    static var table: agent_host_status_v1 {
        agent_host_status_v1(
            size: UInt32(MemoryLayout<agent_host_status_v1>.size), reserved: 0,
            set: { host, status, why in
                _ = HostContext.withServices(host) { services in
                    let level = PluginStatus.Level(rawValue: status) ?? .failed
                    services.status.report(level, LogService.lenient(why, limit: 1024))
                }
            })
    }
}
