import CAgentPlugin
import Glibc
import TestSupport

/// The built library, loaded as the agent loads it, with one instance.
final class LoadedPlugin {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What an export or a batch came to.
    struct Answer {
        var status: agent_status
        var result: agent_export_result
        var why: String
    }

    private let descriptor: UnsafePointer<agent_plugin>
    private let exporter: agent_exporter_v1
    private let stream: agent_stream_v1
    private let service: agent_service_v1
    private var instance: UnsafeMutableRawPointer?

    private typealias Entry =
        @convention(c) (
            UnsafePointer<agent_host>?, UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
            UnsafeMutablePointer<agent_error>?
        ) -> agent_status

    // The library is entered once, as the contract says; what it gives is constant.
    private nonisolated(unsafe) static let descriptor: UnsafePointer<agent_plugin>? = {
        guard let library = dlopen(pluginLibrary("StatsD"), RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(library, "agent_plugin_entry")
        else { return nil }
        var descriptor: UnsafePointer<agent_plugin>?
        let status = unsafeBitCast(symbol, to: Entry.self)(fakeHost, &descriptor, nil)
        return status == AGENT_OK ? descriptor : nil
    }()

    init(_ settings: String = "{}", isReplacement: Bool = false) throws {
        guard let found = Self.descriptor,
            let exporter = view(AGENT_EXPORTER_V1, found.pointee.get_interface),
            let stream = view(AGENT_STREAM_V1, found.pointee.get_interface),
            let service = view(AGENT_SERVICE_V1, found.pointee.get_interface)
        else { throw Failure(description: "no library with an exporter, a stream and a service") }
        descriptor = found
        self.exporter = exporter.load(as: agent_exporter_v1.self)
        self.stream = stream.load(as: agent_stream_v1.self)
        self.service = service.load(as: agent_service_v1.self)
        let answer = Self.answering { _, error in
            view(settings) { settings in
                var config = agent_instance_config(
                    size: UInt32(MemoryLayout<agent_instance_config>.size),
                    flags: isReplacement ? AGENT_INSTANCE_REPLACES : 0, name: agent_str(),
                    settings: settings)
                return descriptor.pointee.create(fakeHost, &config, &instance, error)
            }
        }
        guard answer.status == AGENT_OK else { throw Failure(description: answer.why) }
        _ = service.load(as: agent_service_v1.self).start(instance, nil)
    }

    deinit {
        if let instance {
            _ = service.stop(instance, Self.deadline(.seconds(30)), nil)
            descriptor.pointee.destroy(instance)
        }
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

    var schema: String { string(descriptor.pointee.settings_schema) }

    var wantsSamples: Bool { stream.wanted(instance) == 1 }

    func export(_ snapshot: FakeSnapshot, within time: Duration = .seconds(30)) -> Answer {
        Self.answering { result, error in
            exporter.export_snapshot(
                instance, snapshot.pointer, Self.deadline(time), result, error)
        }
    }

    func push(_ samples: [agent_sample], within time: Duration = .seconds(30)) -> Answer {
        Self.answering { result, error in
            stream.push(
                instance, samples, UInt32(samples.count), Self.deadline(time), result, error)
        }
    }

    private static func answering(
        _ call: (UnsafeMutablePointer<agent_export_result>, UnsafeMutablePointer<agent_error>) ->
            agent_status
    ) -> Answer {
        var result = agent_export_result()
        result.size = UInt32(MemoryLayout<agent_export_result>.size)
        var text = [CChar](repeating: 0, count: 512)
        return text.withUnsafeMutableBufferPointer { room in
            var error = agent_error(
                size: 24, code: 0, text: room.baseAddress, capacity: UInt32(room.count), length: 0)
            let status = call(&result, &error)
            return Answer(
                status: status, result: result,
                why: string(agent_str(data: room.baseAddress, size: UInt64(error.length))))
        }
    }

    private static func deadline(_ time: Duration) -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
            + time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
    }
}

/// A host with snapshots and nothing else.
private nonisolated(unsafe) let fakeHost: UnsafePointer<agent_host> = {
    let host = UnsafeMutablePointer<agent_host>.allocate(capacity: 1)
    host.initialize(
        to: agent_host(
            size: UInt32(MemoryLayout<agent_host>.size), abi_major: 1, abi_minor: 0, reserved: 0,
            version: agent_str(), context: nil,
            get_interface: { _, id in
                string(id) == AGENT_HOST_SNAPSHOT_V1 ? UnsafeRawPointer(FakeSnapshot.table) : nil
            }))
    return UnsafePointer(host)
}()

func string(_ view: agent_str) -> String {
    String(
        decoding: UnsafeRawBufferPointer(start: view.data, count: Int(view.size)), as: UTF8.self)
}

func view<Result>(_ string: String, _ body: (agent_str) throws -> Result) rethrows -> Result {
    var string = string
    return try string.withUTF8 { bytes in
        try bytes.withMemoryRebound(to: CChar.self) {
            try body(agent_str(data: $0.baseAddress, size: UInt64($0.count)))
        }
    }
}
