/// `intake`: where applications send events. A socket that is absent, or not `enabled`, is `nil`.
package struct IntakeConfiguration: Hashable, Sendable {
    package let unixStream: UnixSocketConfiguration?
    package let unixDatagram: UnixSocketConfiguration?
    package let udp: UDPConfiguration?

    /// Whether the HTTP server takes events.
    package let http: Bool
    package let limits: IntakeLimits
}

/// A Unix socket: its path, and who may open it.
package struct UnixSocketConfiguration: Hashable, Sendable {
    /// Resolved against the configuration's directory; fits `sockaddr_un`.
    package let path: String

    /// Permission bits, such as `0o660`.
    package let mode: UInt32
    let isEnabled: Bool
}

package struct UDPConfiguration: Hashable, Sendable {
    package let listen: ListenAddress
    package let receiveBufferBytes: Int
    let isEnabled: Bool
}

/// What one sender may ask of the intake.
package struct IntakeLimits: Hashable, Sendable {
    package let lineBytes: Int
    package let nestingDepth: Int
    package let labelBytes: Int
    package let connections: Int
    package let bodyBytes: Int
}

extension IntakeConfiguration {
    static let shape = Shape<IntakeConfiguration>.object(
        Field<UnixSocketConfiguration?>(
            "unix_stream", UnixSocketConfiguration.shape,
            "A Unix stream socket: loss-free, and the fastest."),
        Field<UnixSocketConfiguration?>(
            "unix_datagram", UnixSocketConfiguration.shape,
            "A Unix datagram socket: one or more lines a datagram."),
        Field<UDPConfiguration?>("udp", UDPConfiguration.shape, "A UDP socket."),
        Field<Bool>(
            "http",
            .object(
                Field<Bool>("enabled", .boolean, default: true, "Whether events are taken."),
                build: { $0 }),
            default: [:], "Events over the agent's own HTTP server."),
        Field<IntakeLimits>(
            "limits", IntakeLimits.shape, default: [:], "What one sender may ask of the intake."),
        build: { stream, datagram, udp, http, limits in
            IntakeConfiguration(
                unixStream: stream.flatMap { $0.isEnabled ? $0 : nil },
                unixDatagram: datagram.flatMap { $0.isEnabled ? $0 : nil },
                udp: udp.flatMap { $0.isEnabled ? $0 : nil },
                http: http, limits: limits)
        }
    )
    .ruled(by: checkPaths)

    private static func checkPaths(_ node: JSONNode, _ decoding: inout Decoding) {
        guard let datagram = node["unix_datagram"], let path = datagram["path"]?.value,
            path == node["unix_stream"]?["path"]?.value
        else { return }
        decoding.at(.key("unix_datagram")) {
            $0.reject(datagram, key: "path", "the stream socket has this path already")
        }
    }
}

extension UnixSocketConfiguration {
    static let shape = Shape<UnixSocketConfiguration>.object(
        // sockaddr_un has room for 107 bytes and the NUL that ends them.
        Field<String>(
            "path", .path("a socket's path of at most 107 bytes", limit: 107),
            "The socket; a relative path is resolved against the configuration's directory."),
        Field<UInt32>(
            "mode", .fileMode, default: "0660", "Permissions of the socket in octal digits."),
        Field<Bool>("enabled", .boolean, default: true, "Whether the socket is opened."),
        build: UnixSocketConfiguration.init)
}

extension UDPConfiguration {
    static let shape = Shape<UDPConfiguration>.object(
        Field<ListenAddress>(
            "listen", .listenAddress, default: "127.0.0.1:8094", "Address of the socket."),
        Field<Int>(
            "receive_buffer_bytes", .size(in: 4096...(1 << 30)), default: "4MiB",
            "Receive buffer asked of the kernel; the usual 208 KiB lose datagrams under a burst."),
        Field<Bool>("enabled", .boolean, default: true, "Whether the socket is opened."),
        build: UDPConfiguration.init)
}

extension IntakeLimits {
    static let shape = Shape<IntakeLimits>.object(
        Field<Int>(
            "line_bytes", .size(in: 64...(1 << 20)), default: 65_536,
            "Longest line accepted; a longer one is rejected and skipped."),
        Field<Int>(
            "nesting_depth", .integer(in: 1...64), default: 16,
            "How deep the metadata of a JSON event may nest."),
        Field<Int>(
            "label_bytes", .size(in: 16...65_536), default: 1024,
            "Longest metadata text that becomes a label's value."),
        Field<Int>(
            "connections", .integer(in: 1...65_535), default: 1024,
            "How many senders may be connected to the stream socket at once."),
        Field<Int>(
            "body_bytes", .size(in: 1024...(1 << 30)), default: "8MiB",
            "Largest body of one HTTP request with events."),
        build: IntakeLimits.init)
}
