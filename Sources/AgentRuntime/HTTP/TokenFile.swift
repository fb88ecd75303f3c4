import AgentConfiguration
import Glibc

/// The file with the token of those who may act: readable by its owner only.
struct TokenFile {
    let path: String

    enum Failure: Error, CustomStringConvertible {
        case unreadable(String, Int32)
        case noFile(String)
        case open(String, mode: UInt32)
        case foreign(String, owner: UInt32)
        case unusable(String)
        case unwritable(String, Int32)

        var description: String {
            switch self {
            case .unreadable(let path, let code):
                "the token's file \(path) cannot be read: \(String(cString: strerror(code)))"
            case .noFile(let path): "the token's file \(path) is no plain file"
            case .open(let path, let mode):
                "the token's file \(path) has mode \(String(mode, radix: 8)), so others may read or change it; "
                    + "make a new token: rm \(path), and start the agent"
            case .foreign(let path, let owner):
                "the token's file \(path) belongs to user \(owner); it has to belong to who runs this"
            case .unusable(let path):
                "the token's file \(path) does not hold a token: one line of 16 to 4096 printable characters"
            case .unwritable(let path, let code):
                "the token's file \(path) cannot be made: \(String(cString: strerror(code)))"
            }
        }
    }

    /// The token.
    ///
    /// - Parameter mustBeThere: otherwise nil where there is no such file
    func read(mustBeThere: Bool) throws(Failure) -> Secret? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT, !mustBeThere { return nil }
            throw .unreadable(path, errno)
        }
        defer { close(file) }
        try check(file)
        let bytes = [UInt8](unsafeUninitializedCapacity: 4098) { buffer, count in
            count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingEnd
        guard (16...4096).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .unusable(path) }
        return Secret(String(text))
    }

    /// The token of the file, which is made where it is missing.
    func readOrMake() throws(Failure) -> Secret {
        if let token = try read(mustBeThere: false) { return token }
        try make()
        guard let token = try read(mustBeThere: true) else { throw .unusable(path) }
        return token
    }

    private func check(_ file: Int32) throws(Failure) {
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw .unreadable(path, errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .noFile(path) }
        guard facts.st_mode & 0o077 == 0 else { throw .open(path, mode: facts.st_mode & 0o7777) }
        guard facts.st_uid == geteuid() || geteuid() == 0 else {
            throw .foreign(path, owner: facts.st_uid)
        }
    }

    /// Writes a new token beside the file and puts it in place whole: of two agents that start at once one wins.
    private func make() throws(Failure) {
        makeDirectories()
        let draft = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unwritable(path, errno) }
        defer { unlink(draft) }
        let text = Array((Self.newToken() + "\n").utf8)
        // What umask takes away the owner does not need.
        let isWritten =
            fchmod(file, 0o600) == 0 && write(file, text, text.count) == text.count
            && fsync(file) == 0
        let code = errno
        close(file)
        guard isWritten else { throw .unwritable(path, code) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw .unwritable(path, errno) }
    }

    /// Where one cannot be made, opening the file tells.
    private func makeDirectories() {
        var end = path.startIndex
        while let slash = path[end...].firstIndex(of: "/") {
            if slash > path.startIndex { mkdir(String(path[..<slash]), 0o700) }
            end = path.index(after: slash)
        }
    }

    /// 256 bits of the system's randomness in hexadecimal digits.
    private static func newToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}

extension String {
    fileprivate var trimmingEnd: Substring {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
