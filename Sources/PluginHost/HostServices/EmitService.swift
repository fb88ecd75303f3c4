import CAgentPlugin

/// agent.host.emit/1
enum EmitService {
    /// The table in memory that stays: polls are handed it as well.
    ///
    /// `nonisolated(unsafe)`: written once, before it is shared.
    nonisolated(unsafe) static let permanent: UnsafePointer<agent_host_emit_v1> = {
        let pointer = UnsafeMutablePointer<agent_host_emit_v1>.allocate(capacity: 1)
        pointer.initialize(
            to: agent_host_emit_v1(
                size: UInt32(MemoryLayout<agent_host_emit_v1>.size), reserved: 0,
                prepare: { EmitService.prepare($0, $1, $2, $3) },
                emit: { host, event, measurements, metadata in
                    HostContext.withServices(host) { services in
                        services.emitter.emit(event, times: 1, measurements, metadata)
                    } ?? AGENT_CLOSED
                },
                emit_batch: { host, event, count, measurements, metadata in
                    HostContext.withServices(host) { services in
                        services.emitter.emit(
                            event, times: Int(exactly: count) ?? -1, measurements, metadata)
                    } ?? AGENT_CLOSED
                }))
        return UnsafePointer(pointer)
    }()

    private static func prepare(
        _ host: UnsafePointer<agent_host>?, _ keys: UnsafePointer<agent_event_keys>?,
        _ event: UnsafeMutablePointer<UInt64>?, _ error: UnsafeMutablePointer<agent_error>?
    ) -> agent_status {
        HostContext.withServices(host) { services in
            guard let keys, let event else { return AGENT_INVALID }
            do throws(PluginRefusal.Reason) {
                let table = try ABITable.copy(
                    UnsafeRawPointer(keys), agent_event_keys(),
                    required: ABITable.end(of: \agent_event_keys.metadata_count),
                    what: "agent_event_keys")
                event.pointee = try services.emitter.prepare(table)
                return AGENT_OK
            } catch let refusal {
                var text = refusal.description
                return text.withUTF8 { utf8 in
                    utf8.withMemoryRebound(to: CChar.self) { text in
                        agent_fail(error, AGENT_INVALID, text.baseAddress, UInt64(text.count))
                    }
                }
            }
        } ?? AGENT_CLOSED
    }
}
