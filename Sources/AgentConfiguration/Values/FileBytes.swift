import Glibc

/// Reads small files whole.
package enum FileBytes {
    package struct Failure: Error {
        /// As the system words it: `No such file or directory`.
        package let reason: String
    }

    package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .current }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .current
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else {
                throw Failure(reason: "it is larger than \(ByteSize.text(limit))")
            }
        }
    }
}

extension FileBytes.Failure {
    fileprivate static var current: FileBytes.Failure {
        FileBytes.Failure(reason: String(cString: strerror(errno)))
    }
}
