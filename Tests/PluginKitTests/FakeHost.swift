import CAgentPlugin
import Synchronization

@testable import PluginKit

/// A host that writes down what a plugin asks of it. It lives for ever, whatever a test keeps of it.
final class FakeHost: Sendable {
    private let calls = Mutex<[String]>([])
    // Set once by init, constant from then on.
    nonisolated(unsafe) let raw: UnsafeMutablePointer<agent_host>

    /// - Parameter withoutServices: a host that offers no interface at all
    init(withoutServices: Bool = false) {
        raw = .allocate(capacity: 1)
        raw.initialize(
            to: agent_host(
                size: UInt32(MemoryLayout<agent_host>.size), abi_major: 1, abi_minor: 0,
                reserved: 0, version: agent_str(), context: nil,
                get_interface: { withServices, id in
                    withServices?.pointee.reserved == 1 ? nil : tables[TextView(id).description]
                }))
        raw.pointee.reserved = withoutServices ? 1 : 0
        raw.pointee.context = Unmanaged.passRetained(self).toOpaque()
    }

    var host: Host { Host(raw) }

    var said: [String] { calls.withLock { $0 } }

    fileprivate func say(_ call: String) {
        calls.withLock { $0.append(call) }
    }
}

private func at(_ host: UnsafePointer<agent_host>?) -> FakeHost? {
    host?.pointee.context.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
}

private func text(_ view: agent_str) -> String {
    view.data == nil ? "-" : TextView(view).description
}

private func number(_ value: agent_value) -> String {
    var out = OutputBuffer()
    out.append(value)
    return out.string
}

// Constant: made once, never freed.
private nonisolated(unsafe) let tables: [String: UnsafeRawPointer] = {
    let memory = Unmanaged.passRetained(StaticMemory()).takeUnretainedValue()
    let log = agent_host_log_v1(
        size: 0, reserved: 0, enabled: { _, level in level >= AGENT_LOG_INFO ? 1 : 0 },
        write: { host, level, message, fields, count in
            let pairs = UnsafeBufferPointer(start: fields, count: Int(count))
            let shown = pairs.map { " \(text($0.name))=\(text($0.value))" }.joined()
            at(host)?.say("log \(level) \(text(message))\(shown)")
        })
    let clock = agent_host_clock_v1(
        size: 0, reserved: 0, monotonic_ns: { _ in 7 }, system_ns: { _ in 11 })
    let status = agent_host_status_v1(
        size: 0, reserved: 0, set: { at($0)?.say("status \($1) \(text($2))") })
    let emit = agent_host_emit_v1(
        size: 0, reserved: 0,
        prepare: { host, keys, event, error in
            guard let keys, let event else { return AGENT_INVALID }
            let name = text(keys.pointee.name)
            guard name != "bad" else { return fail(error, AGENT_INVALID, "not a name") }
            at(host)?.say("prepare \(name) \(text(keys.pointee.measurements[0]))")
            event.pointee = 42
            return AGENT_OK
        },
        emit: { host, event, measurements, metadata in
            guard let measurements, let metadata else { return AGENT_INVALID }
            let tags = "\(text(metadata[0])) \(text(metadata[1])) \(text(metadata[2]))"
            at(host)?.say("emit \(event) \(number(measurements[0])) \(tags)")
            return AGENT_OK
        },
        emit_batch: { _, _, _, _, _ in AGENT_UNSUPPORTED })
    let metrics = agent_host_self_metrics_v1(
        size: 0, reserved: 0,
        series: { host, kind, name, _, labels, count in
            at(host)?.say("series \(kind) \(text(name)) \(count)")
            return 5
        },
        add: { at($0)?.say("add \($1) \(number($2))") },
        set: { at($0)?.say("set \($1) \(number($2))") })
    let secrets = agent_host_secrets_v1(
        size: 0, reserved: 0,
        get: { _, key, buffer, capacity, length in
            guard text(key) == "LONG" else { return AGENT_NOT_FOUND }
            length?.pointee = 1_000
            guard capacity >= 1_000 else { return AGENT_FULL }
            for index in 0..<1_000 { buffer?[index] = 0x61 }
            return AGENT_OK
        })
    let snapshots = agent_host_snapshot_v1(
        size: 0, reserved: 0,
        acquire: { host, snapshot in
            at(host)?.say("acquire")
            snapshot?.pointee = OpaquePointer(bitPattern: 1)
            return AGENT_OK
        },
        release: { host, _ in at(host)?.say("release") },
        time_ns: { _ in 99 }, family_count: { _ in 0 }, family: { _, _, _ in AGENT_END },
        series: { _, _, _, _, _, _ in AGENT_END },
        labels: { _, _, _, _, _, _ in AGENT_NOT_FOUND })
    return [
        AGENT_HOST_LOG_V1: UnsafeRawPointer(memory.value(log)),
        AGENT_HOST_CLOCK_V1: UnsafeRawPointer(memory.value(clock)),
        AGENT_HOST_STATUS_V1: UnsafeRawPointer(memory.value(status)),
        AGENT_HOST_EMIT_V1: UnsafeRawPointer(memory.value(emit)),
        AGENT_HOST_SELF_METRICS_V1: UnsafeRawPointer(memory.value(metrics)),
        AGENT_HOST_SECRETS_V1: UnsafeRawPointer(memory.value(secrets)),
        AGENT_HOST_SNAPSHOT_V1: UnsafeRawPointer(memory.value(snapshots)),
    ]
}()
