import Glibc
import Telemetry

/// Keeps a second agent out of a store, for as long as it lives or until its process ends, however it ends.
///
/// A lock of its own file, and one of the database, which may have another name elsewhere. Both are `flock`: SQLite's
/// locks are others, which belong to a process and fall with any close of the file. So the database stays open here until
/// SQLite has closed it, and `sqlite3` is not held up.
final class StoreLock: Sendable {
    private let file: Int32
    private let database = Guarded<Int32>(-1)

    init(_ store: StoreFile) throws(RepoError) {
        let path = store.path + ".lock"
        file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw .place(
                path: store.path,
                reason: "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            // The lock that is not held is let go of by `deinit`, which runs for whoever fails here, too.
            throw .inUse(path: store.path, processID: Self.holder(file))
        }
        fchmod(file, 0o600)
        let text = Array("\(getpid())\n".utf8)
        // Only for the sentence a second agent gives; the lock itself does not need it.
        if ftruncate(file, 0) == 0 { _ = pwrite(file, text, text.count, 0) }
    }

    /// Locks the database itself, once it is there.
    func hold(_ store: StoreFile) throws(RepoError) {
        try database.withLock { database throws(RepoError) in
            guard database < 0 else { return }
            let file = open(store.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard file >= 0 else {
                if errno == ENOENT { return }
                throw .place(
                    path: store.path, reason: "cannot read it: \(String(cString: strerror(errno)))")
            }
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                close(file)
                throw .inUse(path: store.path, processID: nil)
            }
            database = file
        }
    }

    deinit {
        database.withLock {
            guard $0 >= 0 else { return }
            flock($0, LOCK_UN)
            close($0)
        }
        guard file >= 0 else { return }
        // The lock is the open file's: a child between fork and exec would hold on to it beyond a mere close.
        flock(file, LOCK_UN)
        close(file)
    }

    /// Whose process number stands in the file.
    private static func holder(_ file: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        return Int32(
            String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self))
    }
}
