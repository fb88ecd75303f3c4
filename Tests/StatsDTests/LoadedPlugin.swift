import CAgentPlugin
import Glibc
import PluginTestSupport

/// The StatsD plugin, running.
final class LoadedPlugin {
    /// What an export or a batch came to.
    struct Answer {
        var status: agent_status
        var result: agent_export_result
        var why: String
    }

    private let instance: PluginInstance
    private let exporter: agent_exporter_v1
    private let stream: agent_stream_v1
    private let service: agent_service_v1

    init(_ settings: String = "{}", isReplacement: Bool = false) throws {
        instance = try PluginInstance(
            of: "StatsD", settings: settings, isReplacement: isReplacement)
        exporter = try instance.interface(AGENT_EXPORTER_V1)
        stream = try instance.interface(AGENT_STREAM_V1)
        service = try instance.interface(AGENT_SERVICE_V1)
        _ = service.start(instance.pointer, nil)
    }

    deinit {
        _ = service.stop(instance.pointer, Self.deadline(.seconds(30)), nil)
    }

    /// Settings for a receiver of the tests.
    convenience init(
        to receiver: Receiver, _ settings: String = "", isReplacement: Bool = false
    ) throws {
        let more = settings.isEmpty ? "" : ", " + settings
        try self.init(
            #"{"transport": "\#(receiver.transport)", "address": "\#(receiver.address)"\#(more)}"#,
            isReplacement: isReplacement)
    }

    var schema: String { instance.schema }

    var wantsSamples: Bool { stream.wanted(instance.pointer) == 1 }

    func export(_ snapshot: FakeSnapshot, within time: Duration = .seconds(30)) -> Answer {
        answering { result, error in
            exporter.export_snapshot(
                instance.pointer, snapshot.pointer, Self.deadline(time), result, error)
        }
    }

    func push(_ samples: [agent_sample], within time: Duration = .seconds(30)) -> Answer {
        answering { result, error in
            stream.push(
                instance.pointer, samples, UInt32(samples.count), Self.deadline(time), result,
                error)
        }
    }

    private func answering(
        _ call: (UnsafeMutablePointer<agent_export_result>, UnsafeMutablePointer<agent_error>) ->
            agent_status
    ) -> Answer {
        var result = agent_export_result()
        result.size = UInt32(MemoryLayout<agent_export_result>.size)
        let (status, why) = agent_error.reason { call(&result, $0) }
        return Answer(status: status, result: result, why: why)
    }

    private static func deadline(_ time: Duration) -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
            + time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
    }
}
