import Glibc

/// Writes files with their directories.
enum NewFiles {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String {
            code == EEXIST
                ? "\(path) is there already; nothing is overwritten: move it, or choose another directory"
                : "cannot write \(path): \(String(cString: strerror(code)))"
        }
    }

    /// - Parameter replacing: Whether files that are there are overwritten; if not, the first one stops it.
    static func write(
        _ files: [(path: String, contents: String)], to directory: String, replacing: Bool = false
    ) throws(Failure) {
        for file in files {
            let path = "\(directory)/\(file.path)"
            try makeDirectories(above: path)
            try write(Array(file.contents.utf8), to: path, replacing ? O_TRUNC : O_EXCL)
        }
    }

    private static func write(
        _ bytes: [UInt8], to path: String, _ ifThere: Int32
    ) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | ifThere, 0o644)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(path: path, code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static func makeDirectories(above path: String) throws(Failure) {
        var end = path.startIndex
        while let slash = path[end...].firstIndex(of: "/") {
            let directory = String(path[..<slash])
            if !directory.isEmpty, mkdir(directory, 0o755) != 0, errno != EEXIST {
                throw Failure(path: directory, code: errno)
            }
            end = path.index(after: slash)
        }
    }
}
