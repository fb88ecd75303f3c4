import Glibc

/// A bound Unix socket and the file that names it, both gone with their owner.
struct UnixSocket: ~Copyable, Sendable {
    /// What `sockaddr_un` has room for, its final zero not counted.
    static let longestPath = 107

    let descriptor: Descriptor
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Binds. A socket file where nobody listens is replaced; a living one, or any other file, is an error.
    init(path: String, mode: UInt32, type: __socket_type) throws(IntakeError) {
        let address = try Self.address(path)
        try Self.clearWay(path, address, type)
        let descriptor = Descriptor(socket(AF_UNIX, Int32(type.rawValue) | Self.flags, 0))
        guard descriptor.number >= 0 else { throw .last("socket", path) }
        // Before the file exists, so that it is at no time open to more than `mode` says; and again after,
        // because the process's mask takes bits away.
        fchmod(descriptor.number, mode)
        guard Self.with(address, { bind(descriptor.number, $0, $1) }) == 0 else {
            throw .last("bind", path)
        }
        var status = stat()
        guard chmod(path, mode) == 0, lstat(path, &status) == 0 else {
            let error = IntakeError.last("chmod", path)
            unlink(path)
            throw error
        }
        device = status.st_dev
        inode = status.st_ino
        self.path = path
        self.descriptor = descriptor
    }

    deinit { removeFile() }

    /// Removes the file now, unless another has taken its place.
    func removeFile() {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else {
            return
        }
        unlink(path)
    }

    private static let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)

    static func address(_ path: String) throws(IntakeError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= longestPath, !bytes.contains(0) else {
            throw .pathLength(path)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    static func with(
        _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Makes sure that nothing is at `path`, or says why something must stay.
    private static func clearWay(
        _ path: String, _ address: sockaddr_un, _ type: __socket_type
    ) throws(IntakeError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .last("lstat", path) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        let probe = Descriptor(socket(AF_UNIX, Int32(type.rawValue) | flags, 0))
        guard probe.number >= 0 else { throw .last("socket", path) }
        guard with(address, { connect(probe.number, $0, $1) }) != 0 else {
            throw .addressInUse(path)
        }
        switch errno {
        case ECONNREFUSED: break
        case ENOENT: return
        case EACCES, EPERM: throw .permissionDenied(path)
        // A full queue, or a socket of another type: someone is there.
        default: throw .addressInUse(path)
        }
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("unlink", path) }
    }
}
