import CPlatform
import Glibc

/// Opens a file along a path that nobody but root and the agent's user can change.
///
/// Walks from the root, one directory at a time, checking each before it looks inside; what was checked is held
/// open, so nothing can be exchanged in between. Links among the directories are followed (a build directory is
/// often one) when their owner is trusted; a link in the file's place is not.
///
/// A directory that all may write to, such as /tmp, is accepted only with the sticky bit: there, nobody may
/// rename or replace what a trusted user owns, and everything beneath it is checked for its owner.
struct TrustedPath {
    enum Fault: Error, Hashable {
        case missing(path: String)
        case system(path: String, code: Int32)
        case isLink(path: String)
        case notRegularFile(path: String)
        case foreignOwner(path: String, user: UInt32)
        case writableByOthers(path: String)
        case tooManyLinks(path: String)
    }

    private static let maximumLinks = 40
    private static let maximumSteps = 512
    private let user: uid_t

    /// `user`: who is trusted beside root.
    init(user: uid_t = geteuid()) { self.user = user }

    /// Opens the regular file at an absolute path for reading. The caller closes the descriptor.
    func open(_ path: String) throws(Fault) -> Int32 {
        var components = Self.components(path)
        guard let name = components.popLast() else { throw .notRegularFile(path: path) }
        let directory = try openDirectory(components, of: path)
        defer { close(directory) }

        // O_NONBLOCK: opening a named pipe must not wait for its writer.
        let file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw switch errno {
            case ELOOP: .isLink(path: path)
            case ENOENT: .missing(path: path)
            default: .system(path: path, code: errno)
            }
        }
        do throws(Fault) {
            var status = stat()
            guard fstat(file, &status) == 0 else { throw .system(path: path, code: errno) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(path: path) }
            try check(status, path, mayBeSticky: false)
        } catch {
            close(file)
            throw error
        }
        return file
    }

    private func openDirectory(_ names: [String], of path: String) throws(Fault) -> Int32 {
        var remaining = Array(names.reversed())
        var current = platform_open_directory(AT_FDCWD, "/")
        guard current >= 0 else { throw .system(path: "/", code: errno) }
        var place = ""
        var links = 0
        var steps = 0
        do throws(Fault) {
            try check(directory: current, at: "/")
            while let name = remaining.popLast() {
                steps += 1
                guard steps <= Self.maximumSteps else { throw .tooManyLinks(path: path) }
                let next = platform_open_directory(current, name)
                if next >= 0 {
                    close(current)
                    current = next
                    place = name == ".." ? Self.parent(of: place) : place + "/" + name
                    try check(directory: current, at: place.isEmpty ? "/" : place)
                    continue
                }
                let code = errno
                guard code == ENOTDIR || code == ELOOP,
                    let target = try link(in: current, name, at: place + "/" + name)
                else {
                    throw code == ENOENT
                        ? .missing(path: path) : .system(path: place + "/" + name, code: code)
                }
                links += 1
                guard links <= Self.maximumLinks else { throw .tooManyLinks(path: path) }
                remaining += Self.components(target).reversed()
                if target.hasPrefix("/") {
                    close(current)
                    current = platform_open_directory(AT_FDCWD, "/")
                    guard current >= 0 else { throw .system(path: "/", code: errno) }
                    place = ""
                }
            }
        } catch {
            if current >= 0 { close(current) }
            throw error
        }
        return current
    }

    /// What a link points to; nil where it is none. Its owner must be trusted: in a sticky directory anyone
    /// can make one.
    private func link(in directory: Int32, _ name: String, at path: String) throws(Fault) -> String?
    {
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFLNK else { return nil }
        guard isTrusted(status.st_uid) else {
            throw .foreignOwner(path: path, user: status.st_uid)
        }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory, name, &buffer, buffer.count)
        guard count > 0 else { throw .system(path: path, code: errno) }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func check(directory: Int32, at path: String) throws(Fault) {
        var status = stat()
        guard fstat(directory, &status) == 0 else { throw .system(path: path, code: errno) }
        try check(status, path, mayBeSticky: true)
    }

    private func check(_ status: stat, _ path: String, mayBeSticky: Bool) throws(Fault) {
        guard isTrusted(status.st_uid) else {
            throw .foreignOwner(path: path, user: status.st_uid)
        }
        let isOpen = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        let isSticky = mayBeSticky && status.st_mode & S_ISVTX != 0
        guard !isOpen || isSticky else { throw .writableByOthers(path: path) }
    }

    private func isTrusted(_ owner: uid_t) -> Bool { owner == 0 || owner == user }

    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }

    private static func parent(of place: String) -> String {
        guard let slash = place.lastIndex(of: "/") else { return "" }
        return String(place[..<slash])
    }
}
