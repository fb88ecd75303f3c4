import Glibc

/// The store's file and its directory, looked at before SQLite touches them.
struct StoreFile {
    let path: String

    var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of the path, as events carry it.
    var name: String {
        String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }

    /// Makes the directory, and those above it, where they are not there: 0700 whatever the umask.
    func makeDirectory() throws(RepoError) {
        var missing: [String] = []
        var at = directory
        while true {
            var status = stat()
            if stat(at, &status) == 0 {
                guard status.st_mode & S_IFMT == S_IFDIR else {
                    throw .place(path: path, reason: "\(at) is no directory")
                }
                break
            }
            guard errno == ENOENT else { throw failure("cannot look at \(at)") }
            missing.append(at)
            at = StoreFile(path: at).directory
        }
        for directory in missing.reversed() {
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw failure("cannot make \(directory)")
            }
            // Against a umask that takes rights from the owner.
            chmod(directory, 0o700)
        }
    }

    /// Refuses a file that is a link, no plain file, or somebody else's. Answers its size; nil where there is none.
    @discardableResult
    func look() throws(RepoError) -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw failure("cannot look at it")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .place(path: path, reason: "it is no plain file")
        }
        guard status.st_uid == geteuid() else {
            throw .place(path: path, reason: "it belongs to user \(status.st_uid), not to this one")
        }
        return Int64(status.st_size)
    }

    /// Refuses a file with a second name: what is new lies in a file named after one of them, and is lost to the other.
    func checkNames() throws(RepoError) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_nlink > 1 else { return }
        throw .place(
            path: path,
            reason:
                "it has \(status.st_nlink) names (hard links), and what is new is kept beside one of "
                + "them; leave it the name it was used by")
    }

    /// Makes an empty file, 0600 whatever the umask. SQLite gives the files beside it the same rights.
    func create() throws(RepoError) {
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("cannot make it") }
        fchmod(file, 0o600)
        Glibc.close(file)
    }

    /// Refuses a file that cannot be read and written, or that SQLite could put no file beside.
    func checkAccess() throws(RepoError) {
        guard access(path, R_OK | W_OK) == 0 else { throw failure("cannot read and write it") }
        guard access(directory, W_OK | X_OK) == 0 else {
            throw failure("cannot write in its directory")
        }
    }

    /// Takes from others the rights that a file of an earlier day may give them.
    func restrict() {
        for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
    }

    /// How many bytes a file has; 0 where there is none.
    static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private func failure(_ what: String) -> RepoError {
        .place(path: path, reason: "\(what): \(String(cString: strerror(errno)))")
    }
}
