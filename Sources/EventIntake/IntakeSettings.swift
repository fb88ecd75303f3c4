/// Where the intake listens, and what it accepts.
package struct IntakeSettings: Sendable {
    package struct UnixPath: Sendable {
        package var path: String
        /// Permissions of the socket.
        package var mode: UInt32

        package init(path: String, mode: UInt32 = 0o660) {
            self.path = path
            self.mode = mode
        }
    }

    package struct UDP: Sendable {
        /// A name or an address; empty: every address.
        package var host: String
        /// 0: any free port.
        package var port: UInt16
        /// Asked of the kernel, which may give less.
        package var receiveBufferBytes: Int

        package init(host: String, port: UInt16, receiveBufferBytes: Int = 4 << 20) {
            self.host = host
            self.port = port
            self.receiveBufferBytes = receiveBufferBytes
        }
    }

    /// Sockets that are nil are not opened.
    package var unixStream: UnixPath?
    package var unixDatagram: UnixPath?
    package var udp: UDP?
    package var limits = DecodeLimits()
    /// How many senders may be connected to the stream socket at once.
    package var connections = 1024

    package init() {}
}
