import CAgentPlugin
import Synchronization
import Telemetry

/// What stands behind an `agent_host`: who is asking, and what that one may use.
///
/// Lives as long as the process, because a plugin's stray thread may call with it after its instance is gone; a
/// closed one answers every call with a refusal.
///
/// `@unchecked Sendable`: constant after `init` but for the atomic flag and parts that guard themselves.
final class HostContext: @unchecked Sendable {
    /// The instance's name, or the library's file.
    let name: String
    let log: PluginLog
    let clock: TelemetryClock
    /// Nil for the host that the entry function gets.
    let services: InstanceServices?
    private let closed = Atomic<Bool>(false)

    /// The memory a plugin holds a pointer to.
    let table: UnsafeMutablePointer<agent_host>

    init(name: String, log: PluginLog, clock: TelemetryClock, services: InstanceServices? = nil) {
        self.name = name
        self.log = log
        self.clock = clock
        self.services = services
        table = .allocate(capacity: 1)
        table.initialize(
            to: agent_host(
                size: UInt32(MemoryLayout<agent_host>.size),
                abi_major: PluginNote.Version.own.major, abi_minor: PluginNote.Version.own.minor,
                reserved: 0, version: HostVersion.text.view, context: nil,
                get_interface: { HostContext.interface($0, $1) }))
        table.pointee.context = Unmanaged.passRetained(self).toOpaque()
    }

    var isClosed: Bool { closed.load(ordering: .acquiring) }

    /// From now on every call is refused.
    func close() { closed.store(true, ordering: .releasing) }

    /// Runs `body` for the instance a call came from; nil for a NULL host or a closed one.
    static func with<Result>(
        _ host: UnsafePointer<agent_host>?, _ body: (HostContext) -> Result
    ) -> Result? {
        guard let opaque = host?.pointee.context else { return nil }
        return Unmanaged<HostContext>.fromOpaque(opaque)._withUnsafeGuaranteedRef { context in
            context.isClosed ? nil : body(context)
        }
    }

    /// The same for what only an instance may use.
    static func withServices<Result>(
        _ host: UnsafePointer<agent_host>?, _ body: (InstanceServices) -> Result
    ) -> Result? {
        with(host) { context in context.services.map(body) } ?? nil
    }

    private static func interface(
        _ host: UnsafePointer<agent_host>?, _ id: agent_str
    ) -> UnsafeRawPointer? {
        guard let id = try? ABIText.read(id, "", limit: ABIText.maximumName) else { return nil }
        return with(host) { context in
            HostInterfaces.find(id, isInstance: context.services != nil)
        } ?? nil
    }
}

/// Text with static storage, to hand out views of.
///
/// `@unchecked Sendable`: allocated once, never written again, never freed.
struct PermanentText: @unchecked Sendable {
    let view: agent_str

    init(_ text: String) {
        let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(text.utf8.count, 1))
        _ = bytes.initialize(from: text.utf8.map { CChar(bitPattern: $0) })
        view = agent_str(data: UnsafePointer(bytes.baseAddress), size: UInt64(text.utf8.count))
    }
}

/// The agent's version, as plugins see it.
enum HostVersion {
    static let text = PermanentText("1.0.0")
}
