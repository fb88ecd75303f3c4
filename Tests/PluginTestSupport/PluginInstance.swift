import CAgentPlugin
import Glibc
import Synchronization
import TestSupport

/// One instance of a built library, which is loaded as the agent loads it.
package final class PluginInstance {
    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    package private(set) var pointer: UnsafeMutableRawPointer?
    private let descriptor: UnsafePointer<agent_plugin>

    /// - Parameter name: of a shipped plugin
    package init(
        of name: String, settings: String = "{}", isReplacement: Bool = false
    ) throws {
        let descriptor = try EnteredLibrary.descriptor(name)
        self.descriptor = descriptor
        var pointer: UnsafeMutableRawPointer?
        let (status, reason) = agent_error.reason { error in
            view(settings) { settings in
                var config = agent_instance_config(
                    size: UInt32(MemoryLayout<agent_instance_config>.size),
                    flags: isReplacement ? AGENT_INSTANCE_REPLACES : 0, name: agent_str(),
                    settings: settings)
                return descriptor.pointee.create(FakeHost.pointer, &config, &pointer, error)
            }
        }
        guard status == AGENT_OK else { throw Refused(description: reason) }
        self.pointer = pointer
    }

    deinit {
        if let pointer { descriptor.pointee.destroy(pointer) }
    }

    package var schema: String { descriptor.pointee.settings_schema.string }

    /// One of the library's tables.
    package func interface<Table>(_ id: String, as type: Table.Type = Table.self) throws -> Table {
        guard let table = view(id, descriptor.pointee.get_interface) else {
            throw Refused(description: "the library has no \(id)")
        }
        return table.load(as: type)
    }
}

/// Libraries that were entered: once each, as the contract says.
private enum EnteredLibrary {
    private typealias Entry =
        @convention(c) (
            UnsafePointer<agent_host>?, UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
            UnsafeMutablePointer<agent_error>?
        ) -> agent_status

    /// A library's constant descriptor, which may be used from any thread.
    private struct Descriptor: @unchecked Sendable {
        let pointer: UnsafePointer<agent_plugin>
    }

    private static let entered = Mutex<[String: Descriptor]>([:])

    static func descriptor(_ name: String) throws -> UnsafePointer<agent_plugin> {
        try entered.withLock { entered in
            if let known = entered[name] { return known }
            guard let library = dlopen(pluginLibrary(name), RTLD_NOW | RTLD_LOCAL),
                let symbol = dlsym(library, "agent_plugin_entry")
            else { throw PluginInstance.Refused(description: "no library of \(name) to enter") }
            var descriptor: UnsafePointer<agent_plugin>?
            let (status, reason) = agent_error.reason {
                unsafeBitCast(symbol, to: Entry.self)(FakeHost.pointer, &descriptor, $0)
            }
            guard status == AGENT_OK, let descriptor else {
                throw PluginInstance.Refused(description: "\(name) was not entered: \(reason)")
            }
            let found = Descriptor(pointer: descriptor)
            entered[name] = found
            return found
        }.pointer
    }
}
