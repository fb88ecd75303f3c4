import CAgentPlugin
import Glibc
import TestSupport

/// The built library, loaded as the agent loads it, with one instance and a host that has snapshots and
/// secrets.
final class LoadedPlugin {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: UnsafePointer<agent_plugin>
    private let route: UnsafePointer<agent_route_v1>
    private var instance: UnsafeMutableRawPointer?

    private typealias Entry =
        @convention(c) (
            UnsafePointer<agent_host>?, UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
            UnsafeMutablePointer<agent_error>?
        ) -> agent_status

    // The library is entered once, as the contract says; what it gives is constant.
    private nonisolated(unsafe) static let descriptor: UnsafePointer<agent_plugin>? = {
        guard let library = dlopen(pluginLibrary("Prometheus"), RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(library, "agent_plugin_entry")
        else { return nil }
        var descriptor: UnsafePointer<agent_plugin>?
        let status = unsafeBitCast(symbol, to: Entry.self)(fakeHost, &descriptor, nil)
        return status == AGENT_OK ? descriptor : nil
    }()

    init(settings: String = "{}") throws {
        guard let found = Self.descriptor,
            let table = view(AGENT_ROUTE_V1, found.pointee.get_interface)
        else { throw Failure(description: "no library with a route") }
        descriptor = found
        route = table.assumingMemoryBound(to: agent_route_v1.self)
        var text = [CChar](repeating: 0, count: 512)
        try text.withUnsafeMutableBufferPointer { room in
            var error = agent_error(
                size: 24, code: 0, text: room.baseAddress, capacity: UInt32(room.count), length: 0)
            let status = view(settings) { settings in
                var config = agent_instance_config(
                    size: UInt32(MemoryLayout<agent_instance_config>.size), flags: 0,
                    name: agent_str(), settings: settings)
                return descriptor.pointee.create(fakeHost, &config, &instance, &error)
            }
            guard status == AGENT_OK else {
                throw Failure(
                    description: string(
                        agent_str(data: room.baseAddress, size: UInt64(error.length))))
            }
        }
    }

    deinit {
        if let instance { descriptor.pointee.destroy(instance) }
    }

    var schema: String { string(descriptor.pointee.settings_schema) }

    var path: String? {
        var route = agent_route_def()
        route.size = UInt32(MemoryLayout<agent_route_def>.size)
        guard self.route.pointee.describe_route(instance, 0, &route) == AGENT_OK else { return nil }
        return string(route.path)
    }

    /// What the route answers, with `closingAfter` writes taken before the client is gone.
    func answer(
        _ snapshot: FakeSnapshot, method: String = "GET", accept: String = "",
        acceptEncoding: String = "", authorization: String? = nil, closingAfter: Int = .max
    ) -> Answer {
        let answer = Answer(closingAfter: closingAfter)
        view(method) { method in
            view(accept) { accept in
                view(acceptEncoding) { encoding in
                    view(authorization ?? "") { credentials in
                        var header = agent_pair(name: literal("authorization"), value: credentials)
                        var request = agent_request()
                        request.size = UInt32(MemoryLayout<agent_request>.size)
                        request.method = method
                        request.accept = accept
                        request.accept_encoding = encoding
                        withUnsafePointer(to: &header) {
                            request.headers = $0
                            request.headers_count = authorization == nil ? 0 : 1
                            answer.result = answer.taking {
                                route.pointee.handle(
                                    instance, &request, snapshot.pointer, $0, nil)
                            }
                        }
                    }
                }
            }
        }
        return answer
    }
}

/// A host with snapshots and secrets.
private nonisolated(unsafe) let fakeHost: UnsafePointer<agent_host> = {
    let host = UnsafeMutablePointer<agent_host>.allocate(capacity: 1)
    host.initialize(
        to: agent_host(
            size: UInt32(MemoryLayout<agent_host>.size), abi_major: 1, abi_minor: 0, reserved: 0,
            version: agent_str(), context: nil,
            get_interface: { _, id in
                switch string(id) {
                case AGENT_HOST_SNAPSHOT_V1: UnsafeRawPointer(FakeSnapshot.table)
                case AGENT_HOST_SECRETS_V1: UnsafeRawPointer(fakeSecrets)
                default: nil
                }
            }))
    return UnsafePointer(host)
}()

/// Secrets a test's settings can name.
private nonisolated(unsafe) let fakeSecrets: UnsafePointer<agent_host_secrets_v1> = {
    let table = UnsafeMutablePointer<agent_host_secrets_v1>.allocate(capacity: 1)
    table.initialize(
        to: agent_host_secrets_v1(
            size: UInt32(MemoryLayout<agent_host_secrets_v1>.size), reserved: 0,
            get: { _, key, buffer, capacity, length in
                let secrets = ["TOKEN": "t0ken", "PASSWORD": "open sesame"]
                guard let secret = secrets[string(key)], let buffer else { return AGENT_NOT_FOUND }
                length?.pointee = UInt64(secret.utf8.count)
                guard secret.utf8.count <= capacity else { return AGENT_FULL }
                for (index, byte) in secret.utf8.enumerated() {
                    buffer[index] = CChar(bitPattern: byte)
                }
                return AGENT_OK
            }))
    return UnsafePointer(table)
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

private func literal(_ text: StaticString) -> agent_str {
    agent_str(
        data: UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self),
        size: UInt64(text.utf8CodeUnitCount))
}
