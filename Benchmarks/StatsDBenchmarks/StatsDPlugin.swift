import CAgentPlugin
import Glibc

/// The built library with one instance, called through the plugin interface as the agent calls it.
final class StatsDPlugin: @unchecked Sendable {
    // Sendable: used by one thread at a time.

    private let descriptor: UnsafePointer<agent_plugin>
    private let exporter: agent_exporter_v1
    private var instance: UnsafeMutableRawPointer?

    private typealias Entry =
        @convention(c) (
            UnsafePointer<agent_host>?, UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
            UnsafeMutablePointer<agent_error>?
        ) -> agent_status

    // The library is entered once; what it gives is constant.
    private nonisolated(unsafe) static let library: UnsafePointer<agent_plugin> = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        let directory = String(
            decoding: bytes.prefix(through: bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0),
            as: UTF8.self)
        guard let library = dlopen(directory + "libStatsD.so", RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(library, "agent_plugin_entry")
        else { fatalError("libStatsD.so is not beside the benchmark: build it first") }
        var descriptor: UnsafePointer<agent_plugin>?
        _ = unsafeBitCast(symbol, to: Entry.self)(host, &descriptor, nil)
        guard let descriptor else { fatalError("libStatsD.so gave no descriptor") }
        return descriptor
    }()

    init(_ settings: String) {
        let descriptor = Self.library
        let id = ContiguousText(AGENT_EXPORTER_V1)
        let table = withExtendedLifetime(id) { descriptor.pointee.get_interface(id.view) }
        guard let table else { fatalError("libStatsD.so exports nothing") }
        let text = ContiguousText(settings)
        var instance: UnsafeMutableRawPointer?
        let status = withExtendedLifetime(text) {
            var config = agent_instance_config(
                size: UInt32(MemoryLayout<agent_instance_config>.size), flags: 0,
                name: agent_str(), settings: text.view)
            return descriptor.pointee.create(Self.host, &config, &instance, nil)
        }
        precondition(status == AGENT_OK, "the settings \(settings) are refused")
        self.descriptor = descriptor
        self.instance = instance
        exporter = table.load(as: agent_exporter_v1.self)
    }

    deinit { descriptor.pointee.destroy(instance) }

    func export(_ snapshot: GrowingSnapshot) {
        var result = agent_export_result()
        result.size = UInt32(MemoryLayout<agent_export_result>.size)
        let status = exporter.export_snapshot(instance, snapshot.pointer, .max, &result, nil)
        precondition(status == AGENT_OK && result.outcome == AGENT_EXPORT_OK, "\(result)")
    }

    /// A host with snapshots and nothing else.
    private nonisolated(unsafe) static let host: UnsafePointer<agent_host> = {
        let host = UnsafeMutablePointer<agent_host>.allocate(capacity: 1)
        host.initialize(
            to: agent_host(
                size: UInt32(MemoryLayout<agent_host>.size), abi_major: 1, abi_minor: 0,
                reserved: 0, version: agent_str(), context: nil,
                get_interface: { _, id in
                    let name = String(
                        decoding: UnsafeRawBufferPointer(start: id.data, count: Int(id.size)),
                        as: UTF8.self)
                    return name == AGENT_HOST_SNAPSHOT_V1
                        ? UnsafeRawPointer(GrowingSnapshot.table) : nil
                }))
        return UnsafePointer(host)
    }()
}
