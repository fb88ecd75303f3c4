import Glibc

/// A receiver that reads and throws away, on a thread of its own, as long as the process lives.
struct Sink {
    let address: String

    struct Failure: Error {
        let code: Int32
    }

    init(_ transport: String) throws {
        let isStream = transport == "unix_stream"
        let type = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        let descriptor = socket(isStream ? AF_UNIX : AF_INET, type, 0)
        var room: Int32 = 8 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, 4)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, 4)
        if isStream {
            address = "@agent-statsd-benchmark-\(getpid())-\(descriptor)"
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            let length = MemoryLayout<sa_family_t>.size + address.utf8.count
            let rest = Array(address.utf8.dropFirst())
            withUnsafeMutableBytes(of: &name.sun_path) {
                UnsafeMutableRawBufferPointer(rebasing: $0[1...]).copyBytes(from: rest)
            }
            try Self.bind(descriptor, name, length)
            listen(descriptor, 8)
        } else {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            try Self.bind(descriptor, name, Int(size))
            _ = withUnsafeMutableBytes(of: &name) {
                getsockname(
                    descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
            }
            address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        }
        Self.drain(descriptor, isStream)
    }

    private static func bind<Name>(_ descriptor: Int32, _ name: Name, _ length: Int) throws {
        let status = withUnsafeBytes(of: name) {
            Glibc.bind(
                descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(length))
        }
        guard status == 0 else { throw Failure(code: errno) }
    }

    private static func drain(_ descriptor: Int32, _ isStream: Bool) {
        var thread = pthread_t()
        let number = isStream ? -descriptor : descriptor
        pthread_create(
            &thread, nil,
            { context in
                let number = Int32(Int(bitPattern: context))
                var room = [UInt8](repeating: 0, count: 1 << 18)
                while true {
                    let source = number < 0 ? accept(-number, nil, nil) : number
                    while recv(source, &room, room.count, 0) > 0 {}
                    close(source)
                }
            }, UnsafeMutableRawPointer(bitPattern: Int(number)))
    }
}
