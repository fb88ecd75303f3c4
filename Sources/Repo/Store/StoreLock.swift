import Glibc

/// Keeps a second agent out of a store, for as long as it lives or until its process ends, however it ends.
///
/// A lock of its own file, not of the database: SQLite's locks belong to a process and fall with any close of the
/// file, and an agent that waits for the next start must not hold up `sqlite3`.
final class StoreLock: Sendable {
    private let file: Int32

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

    deinit {
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
